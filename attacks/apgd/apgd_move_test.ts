import { checkOp } from "../../engine/testing/check_op.ts";
import { apgdMoveOp } from "./apgd_move.ts";

checkOp(apgdMoveOp);
