import { checkOp } from "../../engine/testing/check_op.ts";
import { squareProposeL2Op } from "./propose_l2.ts";

checkOp(squareProposeL2Op);
