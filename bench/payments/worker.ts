// The product's own worker, as workers/main.ts starts it, with a probe in it. Telegram's limits do not hold: 25
// calls a second would be what is measured, and not the machine.
import { RateLimiter } from "../../activities/messaging/rate-limiter.ts";
import { runProcess } from "../../runtime/process.ts";
import { startWorker } from "../../workers/worker.ts";
import { countStatements, probe, tellOfMessages } from "./probe.ts";

// A call that is not counted comes up to no limit.
RateLimiter.prototype.call = () => undefined;
countStatements();
tellOfMessages();
await runProcess(() => startWorker(probe));
