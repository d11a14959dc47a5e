import { checkOp } from "../../engine/testing/check_op.ts";
import { squareProposeLinfOp } from "./propose_linf.ts";

checkOp(squareProposeLinfOp);
