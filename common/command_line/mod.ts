/**
 * Commands as tables: options with type, default and help; reading arguments into typed options; help; and the dispatcher.
 *
 * @module
 */
export * from "./command.ts";
export * from "./complete_options.ts";
export * from "./format_command.ts";
export * from "./help.ts";
export * from "./option.ts";
export * from "./option_fault.ts";
export * from "./option_types.ts";
export * from "./parse_options.ts";
export * from "./run_program.ts";
