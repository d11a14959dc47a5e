import { checkOp } from "../testing/check_op.ts";
import { emaOp } from "./optim_ema.ts";

checkOp(emaOp, { forward: { atol: 1e-6, rtol: 1e-6 } });
