export * from "../common/printable.ts";
