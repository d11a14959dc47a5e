import { checkOp } from "../testing/check_op.ts";
import { assignOp, assignRowOp } from "./assign.ts";
import { exampleNormOp } from "./example_norm.ts";
import { loadImagesOp } from "./load_images.ts";
import { randomImagesOp } from "./random_images.ts";
import { ballProjectOp, boxProjectOp, clipPixelsOp, normStepOp, signStepOp } from "./steps.ts";

checkOp(loadImagesOp);
// The kernel's own logarithm and sine agree with float64 to 1e-5.
checkOp(randomImagesOp, { forward: { atol: 1e-5, rtol: 1e-5 } });
checkOp(exampleNormOp);
checkOp(assignOp);
checkOp(assignRowOp);
checkOp(signStepOp);
checkOp(normStepOp);
checkOp(boxProjectOp);
checkOp(ballProjectOp);
checkOp(clipPixelsOp);
