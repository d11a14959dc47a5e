import { checkOp } from "../testing/check_op.ts";
import { batchNormGradOp, batchNormOp } from "./batch_norm.ts";
import { channelAffineGradOp, channelAffineOp } from "./channel_affine.ts";

checkOp(channelAffineOp);
checkOp(channelAffineGradOp);
// y loses a few units in the last place of (x - mean); the sums of up to 8,193 rows lose 1e-4.
checkOp(batchNormOp, { forward: { atol: 1e-4, rtol: 1e-3 } });
checkOp(batchNormGradOp, { forward: { atol: 1e-2, rtol: 1e-3 } });
