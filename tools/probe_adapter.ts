/** Says whether a GPU adapter answers: exit code 0 if so, 4 if not. Used by `setup.sh`; prints nothing.
 *
 * @module
 */
const adapter = await navigator.gpu?.requestAdapter();
Deno.exit(adapter ? 0 : 4);
