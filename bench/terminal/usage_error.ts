export * from "../../common/usage_error.ts";
