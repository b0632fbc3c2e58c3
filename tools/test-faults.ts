// `npm run test:faults -- --histories 10000 --seed N` plays that many fault histories of payments,
// some hundred at a time on a product of their own. It continues where an earlier run of the same
// seed stopped and prints the result at the end. `--first` plays histories from that one on,
// whatever was played before.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findTemporalCli } from "./servers/temporal-cli.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const testFile = "test/faults/payment-histories.test.ts";
/** The books and chats of this many histories fit into one product without slowing it down. */
const largestBatch = 1_000;
/** A history mostly waits: with fewer at a time two processors are idle for half of the time. */
const concurrency = 200;

interface Progress {
  readonly done: number;
  /** The numbers of those that failed; each can be played again by its number. */
  readonly failed: readonly number[];
  readonly seconds: number;
}

interface FaultOptions {
  readonly histories: number;
  readonly seed: number;
  readonly first: number | undefined;
}

function parseWholeNumber(name: string, text: string): number {
  if (/^\d{1,10}$/u.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number, not "${text}"`);
}

function parseOptions(): FaultOptions {
  const { values } = parseArgs({
    options: {
      histories: { type: "string", default: "10000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      first: { type: "string" },
    },
  });
  return {
    histories: parseWholeNumber("histories", values.histories),
    seed: parseWholeNumber("seed", values.seed),
    first: values.first === undefined ? undefined : parseWholeNumber("first", values.first),
  };
}

const stateFile = (seed: number): string => join(root, ".tollgate", `faults-${seed}.json`);

/** How far earlier runs of this seed got. */
function loadProgress({ seed, first }: FaultOptions): Progress {
  const fresh = { done: 0, failed: [], seconds: 0 };
  if (first !== undefined) return fresh;
  try {
    return JSON.parse(readFileSync(stateFile(seed), "utf8")) as Progress;
  } catch {
    return fresh;
  }
}

function saveProgress({ seed, first }: FaultOptions, progress: Progress): void {
  if (first !== undefined) return;
  mkdirSync(join(root, ".tollgate"), { recursive: true });
  writeFileSync(stateFile(seed), `${JSON.stringify(progress)}\n`);
}

let running: ChildProcess | undefined;

// A Ctrl-C at the terminal reaches vitest too: it ends, and then we do.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => running?.kill(signal));
}

async function run(): Promise<number> {
  const options = parseOptions();
  const { histories, seed, first = 0 } = options;
  await findTemporalCli((line) => console.error(`tollgate: ${line}`));
  let progress = loadProgress(options);
  if (progress.done > 0) {
    console.log(
      `Seed ${seed}: ${progress.done} histories were played before, going on from there.`,
    );
  }
  let code = 0;
  while (progress.done < histories && code === 0) {
    const count = Math.min(largestBatch, histories - progress.done);
    const startedAt = Date.now();
    const batch = await playBatch({ seed, first: first + progress.done, count });
    // A batch that broke off proves nothing: the next run plays it again.
    if (batch === undefined) code = 1;
    else {
      const seconds = progress.seconds + Math.round((Date.now() - startedAt) / 1_000);
      const failed = [...progress.failed, ...batch];
      progress = { done: progress.done + count, failed, seconds };
      saveProgress(options, progress);
      console.log(formatProgress(options, progress));
    }
  }
  const { done, failed } = progress;
  if (failed.length > 0) console.log(`Failed, of seed ${seed}: ${failed.join(", ")}`);
  const skipped = Math.max(0, histories - done);
  console.log(`${done - failed.length} passed, ${failed.length} failed, ${skipped} skipped`);
  return failed.length > 0 ? 1 : code;
}

function formatProgress({ histories, seed }: FaultOptions, { done, seconds }: Progress): string {
  const rate = Math.round((done * 60) / Math.max(1, seconds));
  return `Seed ${seed}: ${done} of ${histories} histories, ${rate} a minute`;
}

/** Plays a batch. Returns the numbers of the histories that failed; undefined when it broke off. */
async function playBatch(batch: Record<"seed" | "first" | "count", number>) {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-faults-"));
  const result = join(folder, "failed.json");
  try {
    await runVitest({
      ...process.env,
      FAULTS_SEED: String(batch.seed),
      FAULTS_FIRST: String(batch.first),
      FAULTS_COUNT: String(batch.count),
      FAULTS_AT_A_TIME: String(concurrency),
      FAULTS_RESULT: result,
    });
    return JSON.parse(readFileSync(result, "utf8")) as number[];
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runVitest(env: NodeJS.ProcessEnv): Promise<void> {
  const program = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [program, "run", testFile], {
    cwd: root,
    stdio: "inherit",
    env,
  });
  running = child;
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
}

run().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(`tollgate: ${(error as Error).message}`);
    console.log("0 passed, 0 failed, 0 skipped");
    process.exitCode = 1;
  },
);
