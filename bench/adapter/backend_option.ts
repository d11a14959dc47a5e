/** `--backend`: the graphics interface that computes, where it is not to be the system's own. */
import { BACKENDS } from "../../engine/device/backend.ts";
import { oneOf, option } from "../../common/command_line/mod.ts";

/** The option, for the commands that open a device. */
export const BACKEND_OPTION = option({
  name: "backend",
  value: "NAME",
  type: oneOf("backend", BACKENDS),
  defaultText: "the system's own, never OpenGL",
  help: `what computes: ${BACKENDS.join(", ")} (OpenGL); each gives bits of its own`,
});
