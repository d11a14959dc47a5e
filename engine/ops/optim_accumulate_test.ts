import { checkOp } from "../testing/check_op.ts";
import { accumulateOp, multiplyOp } from "./optim_accumulate.ts";

checkOp(accumulateOp, { forward: { atol: 1e-6, rtol: 1e-6 } });
checkOp(multiplyOp, { forward: { atol: 1e-6, rtol: 1e-6 } });
