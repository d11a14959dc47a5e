import { checkOp } from "../../engine/testing/check_op.ts";
import { apgdUpdateBestOp } from "./apgd_update_best.ts";

checkOp(apgdUpdateBestOp);
