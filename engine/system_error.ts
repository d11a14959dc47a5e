export * from "../common/system_error.ts";
