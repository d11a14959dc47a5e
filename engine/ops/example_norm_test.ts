import { checkOp } from "../testing/check_op.ts";
import { exampleNormOp } from "./example_norm.ts";

checkOp(exampleNormOp);
