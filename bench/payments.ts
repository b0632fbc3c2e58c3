// Payments beside a bare workflow of the same shape: npm run bench
//   npm run bench -- --server dev --rounds 2 --concurrency 1,10 --payments 50 --minutes 3
// bench/README.md explains what is compared and keeps the results.
import { availableParallelism } from "node:os";
import { UserError } from "../tools/servers/process.ts";
import { BareSide } from "./bare/bare-side.ts";
import { CleanupStack } from "./payments/cleanup-stack.ts";
import type { Results } from "./payments/costs.ts";
import { openEnvironment } from "./payments/environment.ts";
import { compareShapes, measureFootprints } from "./payments/footprint.ts";
import { readOptions } from "./payments/options.ts";
import { ProductSide } from "./payments/product-side.ts";
import { measureRepairs, pauseReconcilers } from "./payments/repair.ts";
import { formatReport } from "./payments/report.ts";
import { playRounds, warmUp } from "./payments/rounds.ts";
import type { ServerKind } from "./payments/servers.ts";
import { nowMs } from "./payments/step.ts";

/** Twice the time that stopping takes. */
const reserveMs = 20_000;
const lostWebhooks = 3;
/**
 * This many customers take turns for each concurrent payment:
 * nobody buys a month every few seconds.
 */
const customersPerSlot = 4;

const options = readOptionsOrExit();
let cleanup = new CleanupStack();
let ending: Promise<never> | undefined;
// A Ctrl-C arrives twice: from the terminal, and through npm.
process.on("SIGINT", () => void end(130));
process.on("SIGTERM", () => void end(143));
// A client that is closed during a call throws from its own timers.
process.on("uncaughtException", fail);

const endMs = nowMs() + options.minutes * 60_000 - reserveMs;
try {
  console.log(
    `${availableParallelism()} processors, Node ${process.version}, ${process.platform}\n`,
  );
  for (const [at, server] of options.servers.entries()) {
    const share = (endMs - nowMs()) / (options.servers.length - at);
    console.log(`${formatReport(server, await measure(server, nowMs() + share))}\n`);
  }
  await end(0);
} catch (error) {
  fail(error);
}

/** Stops everything that was started, in order, and then this process. */
function end(code: number): Promise<never> {
  ending ??= cleanup.disposeAll().then(() => process.exit(code));
  return ending;
}

/** Reports an error and ends. An error while we are ending is a consequence of that. */
function fail(error: unknown): void {
  if (ending !== undefined) return;
  console.error(error instanceof UserError ? error.message : error);
  void end(1);
}

async function measure(server: ServerKind, untilMs: number): Promise<Results> {
  const startedMs = nowMs();
  const say = (line: string) => {
    console.error(`${server}, ${((nowMs() - startedMs) / 1_000).toFixed(0)} s: ${line}`);
  };
  cleanup = new CleanupStack();
  say("starting");
  const environment = await openEnvironment(server, cleanup);
  const concurrency = Math.max(...options.concurrencies);
  const people = concurrency * customersPerSlot;
  const shop = await ProductSide.open(environment, people);
  const bare = new BareSide(environment, people);
  await pauseReconcilers(environment);
  say("warming up");
  await warmUp([bare, shop], environment.stepLog, { warmUp: options.warmUp, concurrency });
  const weights = {
    A: await measureFootprints(environment, bare),
    B: await measureFootprints(environment, shop),
  };
  compareShapes(weights.A, weights.B);
  const repaired = await measureRepairs(environment, shop, lostWebhooks);
  const plan = { ...options, endMs: untilMs };
  const rounds = await playRounds(environment, [bare, shop], plan, say);
  await shop.check();
  await cleanup.disposeAll();
  const { failures } = environment.stepLog;
  const pairs = options.rounds * options.concurrencies.length;
  return { rounds, pairs, repairs: repaired, weights, failures };
}

function readOptionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
