import { checkOp } from "../../engine/testing/check_op.ts";
import { squareAcceptOp } from "./accept.ts";

checkOp(squareAcceptOp);
