import { checkOp } from "../../engine/testing/check_op.ts";
import { logitDifferenceGradOp, logitDifferenceOp } from "./logit_difference.ts";

checkOp(logitDifferenceOp);
checkOp(logitDifferenceGradOp);
