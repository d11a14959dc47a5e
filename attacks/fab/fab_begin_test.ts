import { checkOp } from "../../engine/testing/check_op.ts";
import { fabBeginOp } from "./fab_begin.ts";

checkOp(fabBeginOp);
