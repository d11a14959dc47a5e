import { checkOp } from "../testing/check_op.ts";
import { correctOp } from "./correct.ts";
import { crossEntropyGradOp, crossEntropyOp } from "./cross_entropy.ts";

checkOp(crossEntropyOp);
checkOp(crossEntropyGradOp);
checkOp(correctOp);
