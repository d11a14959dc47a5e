import { checkOp } from "../testing/check_op.ts";
import { ballProjectOp, boxProjectOp, clipPixelsOp, normStepOp, signStepOp } from "./steps.ts";

checkOp(signStepOp);
checkOp(normStepOp);
checkOp(boxProjectOp);
checkOp(ballProjectOp);
checkOp(clipPixelsOp);
