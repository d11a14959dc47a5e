import { checkOp } from "../../engine/testing/check_op.ts";
import { apgdBookOp } from "./apgd_book.ts";

checkOp(apgdBookOp);
