import { checkOp } from "../testing/check_op.ts";
import { normOffsetOp, normScaleOp } from "./frozen_norm.ts";

checkOp(normScaleOp);
checkOp(normOffsetOp);
