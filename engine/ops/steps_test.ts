import { checkOp } from "../testing/check_op.ts";
import { ballProjectOp, boxProjectOp, clipPixelsOp, normStepOp, signStepOp, unusableOp } from "./steps.ts";

checkOp(signStepOp);
checkOp(normStepOp);
checkOp(boxProjectOp);
checkOp(ballProjectOp);
checkOp(clipPixelsOp);
checkOp(unusableOp);
