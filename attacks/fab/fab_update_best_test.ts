import { checkOp } from "../../engine/testing/check_op.ts";
import { fabUpdateBestOp } from "./fab_update_best.ts";

checkOp(fabUpdateBestOp);
