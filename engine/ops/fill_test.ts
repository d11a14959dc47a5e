import { checkOp } from "../testing/check_op.ts";
import { fillOp } from "./fill.ts";

checkOp(fillOp);
