import { checkOp } from "../../engine/testing/check_op.ts";
import { apgdKeepOp } from "./apgd_keep.ts";

checkOp(apgdKeepOp);
