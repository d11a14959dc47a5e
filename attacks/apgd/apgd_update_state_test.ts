import { checkOp } from "../../engine/testing/check_op.ts";
import { apgdUpdateStateOp } from "./apgd_update_state.ts";

checkOp(apgdUpdateStateOp);
