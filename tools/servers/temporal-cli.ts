import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { cacheFolder, findOnPath, isExecutable } from "./executables.ts";
import { UserError } from "./process.ts";
import { buildProgram, cachedProgram, isGoInstalled, type Say } from "./temporal-build.ts";

/** An executable Temporal CLI with a recent enough server. */
export interface TemporalCli {
  readonly path: string;
  /** The version of the server inside, e.g. `1.32.1`. */
  readonly serverVersion: string;
}

/** The first server version with time skipping per workflow. */
const oldestServer = [1, 32] as const;

const release = "1.9.1";

/**
 * SHA-256 of the official archives. Nothing is downloaded for a system without one: there the
 * program is built from source, which go.sum verifies.
 */
const pinnedArchives: Readonly<Record<string, string>> = {
  linux_amd64: "09a0326a51db84d02735e53542b9ebd8c4758daf47482a9ab0abce15844e60d5",
};

/**
 * Finds the Temporal CLI, which contains the development server, in this order: TEMPORAL_CLI_PATH,
 * PATH, the cache, the official download, a build from source.
 * @throws UserError that lists what was tried.
 */
export async function findTemporalCli(say: Say): Promise<TemporalCli> {
  const chosen = process.env["TEMPORAL_CLI_PATH"];
  if (chosen) return checkChosenCli(chosen);

  const installed = findOnPath("temporal");
  const version = installed === undefined ? undefined : readServerVersion(installed);
  if (installed !== undefined && recentEnough(version))
    return { path: installed, serverVersion: version };

  const downloaded = `${cacheFolder()}/temporal-cli-${release}-${process.platform}-${process.arch}`;
  const known = [cachedProgram("temporal"), downloaded].find((path) => existsSync(path));
  if (known !== undefined) return describeCli(known);

  const tried = [onPathFailure(version), await download(downloaded, say)];
  if (tried[1] === undefined) return describeCli(downloaded);
  if (!isGoInstalled()) throw notFoundError([...tried, "building it: `go` is not on PATH"]);
  try {
    return describeCli(await buildProgram("temporal", say));
  } catch (error) {
    throw notFoundError([...tried, `building it: ${(error as Error).message}`]);
  }
}

function checkChosenCli(path: string): TemporalCli {
  if (!isExecutable(path))
    throw new UserError(`TEMPORAL_CLI_PATH: ${path} is not an executable file`);
  const version = readServerVersion(path);
  if (recentEnough(version)) return { path, serverVersion: version };
  throw new UserError(
    `TEMPORAL_CLI_PATH: ${path} has server ${version ?? "of unknown version"}, ` +
      `needed is ${oldestServer.join(".")} or newer`,
  );
}

function describeCli(path: string): TemporalCli {
  const version = readServerVersion(path);
  if (version === undefined) throw new UserError(`${path} does not run: delete it and start again`);
  return { path, serverVersion: version };
}

/** From e.g. `temporal version 1.8.2 (Server 1.32.1, UI 2.50.1)`. */
function readServerVersion(path: string): string | undefined {
  const shown = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 10_000 });
  return /\(Server (\d+\.\d+\.\d+)/u.exec(shown.stdout ?? "")?.[1];
}

function recentEnough(version: string | undefined): version is string {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return major > oldestServer[0] || (major === oldestServer[0] && minor >= oldestServer[1]);
}

const onPathFailure = (version: string | undefined): string =>
  version === undefined ? "PATH: no `temporal` there" : `PATH: its server is ${version}, too old`;

const notFoundError = (tried: readonly (string | undefined)[]): UserError =>
  new UserError(
    `no Temporal server: tried ${tried.join("; ")}. Connect to the network or install Go 1.26, ` +
      `or set TEMPORAL_CLI_PATH (a Temporal CLI), or TEMPORAL_ADDRESS (a server of yours)`,
  );

/** Downloads the official build into the cache. Returns undefined, or the reason when it failed. */
async function download(target: string, say: Say): Promise<string | undefined> {
  const system = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const checksum = pinnedArchives[system];
  if (checksum === undefined) return `download: no checksum is pinned for ${system}`;
  const file = `temporal_cli_${release}_${system}.tar.gz`;
  const draft = `${target}.${process.pid}`;
  try {
    const archive = await fetchArchive(
      `https://github.com/temporalio/cli/releases/download/v${release}/${file}`,
      say,
    );
    if (createHash("sha256").update(archive).digest("hex") !== checksum) {
      return "download: its checksum is not the pinned one";
    }
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileSync(draft, await unpackArchive(archive), { mode: 0o755 });
    if (!recentEnough(readServerVersion(draft))) return "download: the program does not run here";
    renameSync(draft, target);
    return undefined;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return `download: ${cause?.code ?? message}`;
  } finally {
    rmSync(draft, { force: true });
  }
}

async function fetchArchive(url: string, say: Say): Promise<Buffer> {
  const timeout = new AbortController();
  const headersMs = 5_000;
  const bodyMs = 180_000;
  const headersTimer = setTimeout(
    () => timeout.abort(new Error(`no answer in ${headersMs / 1_000} s`)),
    headersMs,
  );
  const bodyTimer = setTimeout(
    () => timeout.abort(new Error(`not done in ${bodyMs / 1_000} s`)),
    bodyMs,
  );
  try {
    const response = await fetch(url, { signal: timeout.signal });
    clearTimeout(headersTimer);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    say("downloading the Temporal server, about 45 MB, once");
    return Buffer.from(await response.arrayBuffer());
  } finally {
    clearTimeout(headersTimer);
    clearTimeout(bodyTimer);
  }
}

async function unpackArchive(archive: Buffer): Promise<Buffer> {
  const tar = spawn("tar", ["-xzO", "temporal"], { stdio: ["pipe", "pipe", "ignore"] });
  const failed = new Promise<never>((_, reject) => tar.once("error", reject));
  tar.stdin.on("error", () => undefined).end(archive);
  return Promise.race([buffer(tar.stdout), failed]);
}
