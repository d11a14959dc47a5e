import { checkOp } from "../../engine/testing/check_op.ts";
import { fabKeepOp } from "./fab_keep.ts";

checkOp(fabKeepOp);
