export { sha256Hex } from "../engine/sha256.ts";
