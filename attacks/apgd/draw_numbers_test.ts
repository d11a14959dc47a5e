import { checkOp } from "../../engine/testing/check_op.ts";
import { drawNumbersOp } from "./draw_numbers.ts";

checkOp(drawNumbersOp);
