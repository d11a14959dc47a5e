import { checkOp } from "../testing/check_op.ts";
import { addReluOp } from "./add_relu.ts";

checkOp(addReluOp);
