import { checkOp } from "../../engine/testing/check_op.ts";
import { marginGradOp, marginOp } from "./margin.ts";

checkOp(marginOp);
checkOp(marginGradOp);
