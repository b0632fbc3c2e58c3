import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, findOnPath } from "./executables.ts";
import { UserError } from "./process.ts";

/** Shows progress of long work to a person, one line per call. */
export type Say = (line: string) => void;

const module = fileURLToPath(new URL("../temporal", import.meta.url));

const packages = {
  temporal: "github.com/temporalio/cli/cmd/temporal",
  "temporal-server": "go.temporal.io/server/cmd/server",
  "temporal-sql-tool": "go.temporal.io/server/cmd/tools/sql",
} as const;

/** A program that can be built from source. */
export type TemporalProgram = keyof typeof packages;

const cliVersion = "1.8.2";

/** Roughly how many packages a build from scratch compiles: only for showing progress. */
const packagesInAll = 1_900;

/**
 * Path in the cache of a program built from the present go.mod and go.sum,
 * whether or not it exists.
 */
export function cachedProgram(program: TemporalProgram): string {
  const sum = createHash("sha256").update(readFileSync(join(module, "go.sum")));
  const key = sum
    .update(readFileSync(join(module, "go.mod")))
    .digest("hex")
    .slice(0, 12);
  return join(cacheFolder(), `${program}-${key}-${process.platform}-${process.arch}`);
}

/** Whether `go` is on PATH. */
export const isGoInstalled = (): boolean => findOnPath("go") !== undefined;

/**
 * Builds a program of the pinned Temporal version from source into the cache unless it is there,
 * and returns its path. Parallel builds are safe: a finished file gets its name in one step.
 * @throws UserError when there is no `go` or the build fails.
 */
export async function buildProgram(program: TemporalProgram, say: Say): Promise<string> {
  const target = cachedProgram(program);
  if (existsSync(target)) return target;
  if (!isGoInstalled())
    throw new UserError(
      `${program} is built from source and \`go\` is not on PATH: install Go 1.26`,
    );
  mkdirSync(cacheFolder(), { recursive: true });
  const draft = `${target}.${process.pid}`;
  say(`building ${program} from source: 5 to 10 minutes the first time, never again`);
  try {
    await build(program, draft, say);
    if (spawnSync(draft, ["--version"]).error)
      throw new UserError(`the built ${program} does not run`);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
  say(`built ${program}`);
  return target;
}

function build(program: TemporalProgram, output: string, say: Say): Promise<void> {
  const name = "github.com/temporalio/cli/internal/temporalcli.Version";
  const flags = program === "temporal" ? `-s -w -X ${name}=${cliVersion}` : "-s -w";
  const args = ["build", "-v", "-trimpath", "-ldflags", flags, "-o", output, packages[program]];
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -buildvcs=false" };
  const child = spawn("go", args, { cwd: module, env, stdio: ["ignore", "ignore", "pipe"] });
  const killBuild = () => void child.kill();
  process.once("exit", killBuild);
  const lines: string[] = [];
  let compiled = 0;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    const added = chunk.split("\n").filter((line) => line !== "");
    compiled += added.filter((line) => /^[\w.~/-]+$/u.test(line)).length;
    lines.push(...added);
  });
  const startedAt = Date.now();
  const timer = setInterval(() => say(progress(program, compiled, startedAt)), 15_000);
  return new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      clearInterval(timer);
      process.off("exit", killBuild);
      if (code === 0) return resolve();
      reject(new UserError(buildFailure(program, lines)));
    });
  });
}

function progress(program: TemporalProgram, compiled: number, startedAt: number): string {
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  const step =
    compiled === 0 ? "fetching modules" : `${compiled} of about ${packagesInAll} packages compiled`;
  return `building ${program}: ${step}, ${seconds} s`;
}

function buildFailure(program: TemporalProgram, lines: readonly string[]): string {
  const text = lines.join("\n");
  if (/dial tcp|no such host|i\/o timeout|connection refused|lookup .* on /u.test(text)) {
    const reason = "its Go modules could not be fetched; connect to the network";
    return `${program} could not be built: ${reason}`;
  }
  if (/requires go >= /u.test(text))
    return `${program} could not be built: install Go 1.26.8 or newer`;
  return `${program} could not be built:\n${lines.slice(-12).join("\n")}`;
}
