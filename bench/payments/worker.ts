// The product's own worker, started as in workers/main.ts, with a probe. Telegram's limits are off:
// otherwise 25 calls a second would be measured, not the machine.
import { RateLimiter } from "../../activities/messaging/rate-limiter.ts";
import { runProcess } from "../../runtime/process.ts";
import { startWorker } from "../../workers/worker.ts";
import { countStatements, logMessages, probe } from "./probe.ts";

// A call that is not counted never reaches a limit.
RateLimiter.prototype.countCall = () => undefined;
countStatements();
logMessages();
await runProcess(() => startWorker(probe));
