import { checkOp } from "../testing/check_op.ts";
import { tokenSumOp } from "./token_sum.ts";

checkOp(tokenSumOp);
