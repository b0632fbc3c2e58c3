// Payments beside a bare workflow of the same shape: npm run bench
//   npm run bench -- --server dev --rounds 2 --concurrency 1,10 --payments 50 --minutes 3
// bench/README.md says what is compared with what, and keeps what was found.
import { availableParallelism } from "node:os";
import { UserError } from "../tools/servers/process.ts";
import { Bare } from "./bare/side.ts";
import { CleanupStack } from "./payments/cleanup-stack.ts";
import { openPlant } from "./payments/environment.ts";
import { readOptions } from "./payments/options.ts";
import { pauseReconcilers, repairs } from "./payments/repair.ts";
import { type Found, report } from "./payments/report.ts";
import { playRounds, warmUp } from "./payments/rounds.ts";
import type { ServerKind } from "./payments/servers.ts";
import { Shop } from "./payments/shop.ts";
import { nowMs } from "./payments/told.ts";
import { compareShapes, weigh } from "./payments/weight.ts";

/** What stopping takes, twice. */
const reserveMs = 20_000;
const lostWebhooks = 3;
/** So many customers take turns where one pays at a time: nobody buys a month every few seconds. */
const peopleEach = 4;

const options = readOptionsOrExit();
let ends = new CleanupStack();
let ending: Promise<never> | undefined;
// A Ctrl-C comes more than once: from the terminal, and from npm.
process.on("SIGINT", () => void end(130));
process.on("SIGTERM", () => void end(143));
// A client that is closed in the middle of a call throws from its own timers.
process.on("uncaughtException", fail);

const endMs = nowMs() + options.minutes * 60_000 - reserveMs;
try {
  console.log(
    `${availableParallelism()} processors, Node ${process.version}, ${process.platform}\n`,
  );
  for (const [at, server] of options.servers.entries()) {
    const share = (endMs - nowMs()) / (options.servers.length - at);
    console.log(`${report(server, await measured(server, nowMs() + share))}\n`);
  }
  await end(0);
} catch (error) {
  fail(error);
}

/** Stops everything that was started, in order, and then ourselves. */
function end(code: number): Promise<never> {
  ending ??= ends.all().then(() => process.exit(code));
  return ending;
}

/** What fails while we are ending fails because of that. */
function fail(error: unknown): void {
  if (ending !== undefined) return;
  console.error(error instanceof UserError ? error.message : error);
  void end(1);
}

async function measured(server: ServerKind, untilMs: number): Promise<Found> {
  const begunMs = nowMs();
  const say = (line: string) => {
    console.error(`${server}, ${((nowMs() - begunMs) / 1_000).toFixed(0)} s: ${line}`);
  };
  ends = new CleanupStack();
  say("starting");
  const plant = await openPlant(server, ends);
  const concurrency = Math.max(...options.concurrencies);
  const people = concurrency * peopleEach;
  const shop = await Shop.open(plant, people);
  const bare = new Bare(plant, people);
  await pauseReconcilers(plant);
  say("warming up");
  await warmUp([bare, shop], plant.ear, { warmUp: options.warmUp, concurrency });
  const weights = { A: await weigh(plant, bare), B: await weigh(plant, shop) };
  compareShapes(weights.A, weights.B);
  const repaired = await repairs(plant, shop, lostWebhooks);
  const plan = { ...options, untilMs };
  const rounds = await playRounds(plant, [bare, shop], plan, say);
  await shop.check();
  await ends.all();
  const { failures } = plant.ear;
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
