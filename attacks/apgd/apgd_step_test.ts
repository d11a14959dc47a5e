import { checkOp } from "../../engine/testing/check_op.ts";
import { apgdStepOp } from "./apgd_step.ts";

checkOp(apgdStepOp);
