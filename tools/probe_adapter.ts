/** Says whether an adapter answers that `openGpu()` takes unasked, so none by OpenGL: exit code 0 if so, 4 if not. Used by
 * `setup.sh`; prints nothing.
 *
 * @module
 */
import { hasGpu } from "../engine/device/backend.ts";

Deno.exit(await hasGpu() ? 0 : 4);
