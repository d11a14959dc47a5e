/** Program of the worker processes that `bench --jobs` starts. It speaks through its standard streams only. */
import { openWorkbench } from "../cells/mod.ts";
import { runWorker } from "./run_worker.ts";

if (import.meta.main) await runWorker(openWorkbench);
