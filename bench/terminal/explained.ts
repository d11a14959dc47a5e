export * from "../../common/explained.ts";
