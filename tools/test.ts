// `npm test` makes sure that the Temporal server for the tests is there, runs vitest and prints the
// counts last.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    const { passed, failed, skipped } = countResults(outputFile);
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

function countResults(file: string): Counts {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  // A file that could not be loaded counts as one failure, though none of its tests ran.
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
