import { checkOp } from "../../engine/testing/check_op.ts";
import { fabNearestOp } from "./fab_nearest.ts";

checkOp(fabNearestOp);
