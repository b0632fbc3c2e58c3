// `npm run test:mutants` puts deliberate bugs into a copy of the source, one after the other, and
// shows that a named test catches each. `--only <text>` plays those whose description contains the
// text. The last line counts.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Mutant } from "../test/mutants/mutant.ts";
import { mutants } from "../test/mutants/mutants.ts";
import { findTemporalCli } from "./servers/temporal-cli.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const notCopied = new Set(["node_modules", ".git", ".tollgate"]);

type Verdict = "passed" | "failed" | "notRun" | "noProgram";

/** Runs the test of this name in a copy of the source. */
function runTest(tree: string, { file, name }: Mutant["test"]): Verdict {
  const pattern = name.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
  const program = join(tree, "node_modules/vitest/vitest.mjs");
  const results = join(tree, "results.json");
  const reporter = ["--reporter=json", `--outputFile.json=${results}`];
  rmSync(results, { force: true });
  spawnSync(process.execPath, [program, "run", file, "-t", pattern, ...reporter], {
    cwd: tree,
    stdio: "ignore",
    timeout: 5 * 60_000,
  });
  return readVerdict(results);
}

/** A run that broke off, or in which no test ran, proves nothing. */
function readVerdict(file: string): Verdict {
  try {
    const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(file, "utf8")) as Record<
      "numFailedTests" | "numPassedTests",
      number
    >;
    if (numFailedTests > 0) return "failed";
    return numPassedTests > 0 ? "passed" : "notRun";
  } catch {
    return "notRun";
  }
}

/** The projects of the product's own code. */
const projects = ["workflows", "tsconfig.server.json"];

/** Whether a copy of the source type-checks; what a bug leaves unused does not count. */
function typeChecks(tree: string): boolean {
  const compiler = join(tree, "node_modules/typescript/bin/tsc");
  const unused = ["--noUnusedLocals", "false", "--noUnusedParameters", "false"];
  return projects.every((project, at) => {
    const incremental = ["--incremental", "--tsBuildInfoFile", join(tree, `types${at}.json`)];
    const args = [compiler, "--noEmit", "-p", project, ...unused, ...incremental];
    return spawnSync(process.execPath, args, { cwd: tree, stdio: "ignore" }).status === 0;
  });
}

/** A bug that the compiler finds says nothing about its test: it must type-check first. */
function runMutant(tree: string, { file, find, replace, test }: Mutant): Verdict {
  const path = join(tree, file);
  const source = readFileSync(path, "utf8");
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    return typeChecks(tree) ? runTest(tree, test) : "noProgram";
  } finally {
    writeFileSync(path, source);
  }
}

function copyTree(): string {
  const tree = mkdtempSync(join(tmpdir(), "tollgate-mutants-"));
  cpSync(root, tree, { recursive: true, filter: (path) => !notCopied.has(basename(path)) });
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  return tree;
}

const words = {
  failed: "caught",
  passed: "survived",
  notRun: "unproved",
  noProgram: "unproved",
} as const;

async function run(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
  const chosen = mutants.filter(({ what }) => what.includes(values.only));
  await findTemporalCli((line) => console.error(`tollgate: ${line}`));
  const tree = copyTree();
  const counts = { caught: 0, survived: 0, unproved: 0 };
  try {
    const verdictsWithoutBug = new Map<string, Verdict>();
    for (const mutant of chosen) {
      const key = JSON.stringify(mutant.test);
      const before = verdictsWithoutBug.get(key) ?? runTest(tree, mutant.test);
      verdictsWithoutBug.set(key, before);
      const verdict = before === "passed" ? runMutant(tree, mutant) : "notRun";
      const word = words[verdict];
      counts[word] += 1;
      console.log(`${word.padEnd(8)} ${mutant.file}: ${mutant.what}`);
      if (verdict === "noProgram") console.log("         it does not type-check");
      else if (word !== "caught")
        console.log(`         by ${mutant.test.file}: ${mutant.test.name}`);
    }
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  const { caught, survived, unproved } = counts;
  console.log(`${caught} passed, ${survived + unproved} failed, 0 skipped`);
  return survived + unproved === 0 && caught > 0 ? 0 : 1;
}

run().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(`tollgate: ${(error as Error).message}`);
    process.exitCode = 1;
  },
);
