import { checkOp } from "../testing/check_op.ts";
import { conv2dOp, convGradInputOp, convGradWeightsOp } from "./conv2d.ts";

checkOp(conv2dOp, { forward: { atol: 1e-5, rtol: 1e-3 } });
checkOp(convGradInputOp, { forward: { atol: 1e-5, rtol: 1e-3 } });
// Sums over up to 4,194,368 positions.
checkOp(convGradWeightsOp, { forward: { atol: 1e-2, rtol: 1e-3 } });
