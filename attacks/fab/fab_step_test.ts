import { checkOp } from "../../engine/testing/check_op.ts";
import { fabStepOp } from "./fab_step.ts";

checkOp(fabStepOp);
