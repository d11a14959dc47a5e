/** Options that several commands have. */
import { flag, option, text } from "../../common/command_line/mod.ts";

/** Of commands that show how far they are. */
export const QUIET_OPTION = flag({ name: "quiet", help: "show no progress" });

/** Of commands that print tables for people. */
export const JSON_OPTION = flag({ name: "json", help: "print JSON instead of tables" });

/** Of commands that read images. */
export const DATA_OPTION = option({
  name: "data",
  property: "dataDir",
  value: "DIR",
  type: text("a folder"),
  help: "folder of the images, for real data",
});

/** Of commands that write one record. */
export function outOption(defaultText: string) {
  return option({
    name: "out",
    value: "FILE",
    type: text("a file"),
    defaultText,
    help: "where the record goes",
  });
}

/** JSON for standard output. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
