import { checkOp } from "../testing/check_op.ts";
import { randomImagesOp } from "./random_images.ts";

// The kernel's own logarithm and sine agree with float64 to 1e-5.
checkOp(randomImagesOp, { forward: { atol: 1e-5, rtol: 1e-5 } });
