// The product's own worker, as workers/main.ts starts it, with a probe in it.
import { runProcess } from "../../runtime/process.ts";
import { startWorker } from "../../workers/worker.ts";
import { countStatements, probe } from "./probe.ts";

countStatements();
await runProcess(() => startWorker(probe));
