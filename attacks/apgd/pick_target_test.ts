import { checkOp } from "../../engine/testing/check_op.ts";
import { pickTargetOp } from "./pick_target.ts";

checkOp(pickTargetOp);
