import { checkOp } from "../testing/check_op.ts";
import { addOp, addScalarOp, divOp, mulOp, scaleOp, sqrtOp, squareOp, subOp } from "./arithmetic.ts";

checkOp(addOp);
checkOp(subOp);
checkOp(mulOp);
checkOp(divOp);
checkOp(scaleOp);
checkOp(addScalarOp);
checkOp(squareOp);
checkOp(sqrtOp);
