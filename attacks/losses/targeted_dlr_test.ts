import { checkOp } from "../../engine/testing/check_op.ts";
import { targetedDlrGradOp, targetedDlrOp } from "./targeted_dlr.ts";

checkOp(targetedDlrOp);
checkOp(targetedDlrGradOp);
