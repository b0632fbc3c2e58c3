import { runProcess } from "../runtime/process.ts";
import { startWorker } from "./worker.ts";

await runProcess(() => startWorker());
