// `npm test` makes sure that the Temporal server for the tests is there,
// runs vitest and prints the counts last.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { findTemporalCli } from "./servers/temporal-cli.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The fields of vitest's JSON report that are read here. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** The file's absolute path. */
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

async function run(args: readonly string[]): Promise<number> {
  // Before vitest starts: a first build takes minutes, and vitest would hide its progress.
  await findTemporalCli((line) => console.error(`tollgate: ${line}`));
  const folder = mkdtempSync(join(tmpdir(), "tollgate-results-"));
  try {
    const outputFile = join(folder, "results.json");
    const code = await runVitest([
      ...args,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${outputFile}`,
    ]);
    const results = readResults(outputFile);
    for (const line of results === undefined ? [] : timesOf(results)) console.log(line);
    const { passed, failed, skipped } = countsOf(results);
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    // A run without passed tests, or that broke outside a test, has failed.
    return code === 0 && failed === 0 && passed > 0 ? 0 : code || 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runVitest(args: readonly string[]): Promise<number> {
  const program = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [program, "run", ...args], { cwd: root, stdio: "inherit" });
  // A Ctrl-C at the terminal reaches vitest too: it ends, and then we do.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function readResults(file: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch {
    return undefined;
  }
}

/** How long each folder of tests took, the longest first; files run side by side. */
function timesOf({ testResults }: Results): string[] {
  const seconds = new Map<string, number>();
  for (const { name, startTime, endTime } of testResults) {
    const [area = ""] = relative(join(root, "test"), name).split(sep);
    seconds.set(area, (seconds.get(area) ?? 0) + (endTime - startTime) / 1_000);
  }
  return [...seconds]
    .toSorted(([, one], [, other]) => other - one)
    .map(([area, time]) => `${Math.round(time).toString().padStart(6)} s  ${area}`);
}

function countsOf(results: Results | undefined): Counts {
  if (results === undefined) return { passed: 0, failed: 0, skipped: 0 };
  // A file that could not even be loaded counts as a failure, though none of its tests ran.
  const broken = results.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken.length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

run(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(`tollgate: ${(error as Error).message}`);
    console.log("0 passed, 0 failed, 0 skipped");
    process.exitCode = 1;
  },
);
