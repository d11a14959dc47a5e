import { checkOp } from "../../engine/testing/check_op.ts";
import { dlrGradOp, dlrOp } from "./dlr.ts";

checkOp(dlrOp);
checkOp(dlrGradOp);
