export * from "../../common/nearest.ts";
