import { checkOp } from "../testing/check_op.ts";
import { fillOp } from "./fill.ts";
import { reduceSumOp } from "./reduce_sum.ts";
import { reluGradOp, reluOp } from "./relu.ts";

// Sums of up to 40,001 float32 normals lose about 1e-5 each way where they cancel.
checkOp(reduceSumOp, { forward: { atol: 1e-3, rtol: 1e-3 } });
checkOp(fillOp);
checkOp(reluOp);
checkOp(reluGradOp);
