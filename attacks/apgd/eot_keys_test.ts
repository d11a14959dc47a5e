import { checkOp } from "../../engine/testing/check_op.ts";
import { eotKeysOp } from "./eot_keys.ts";

checkOp(eotKeysOp);
