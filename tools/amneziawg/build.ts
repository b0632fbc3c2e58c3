import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheFolder } from "../servers/executables.ts";

type OnProgress = (line: string) => void;

interface Program {
  readonly name: string;
  /** The package for `go build`. */
  readonly target: string;
  /** What needs it, for an error message. */
  readonly purpose: string;
}

const source = import.meta.dirname;

/**
 * Returns the path of `awgnode`, an AmneziaWG endpoint that needs no root: the one that
 * `AWG_NODE_PATH` names, else one built once with Go into the user's cache (`TOLLGATE_CACHE`,
 * `XDG_CACHE_HOME` or `~/.cache`). Parallel builds in several processes are safe.
 * @throws Error that says what to do, when Go is missing or the build fails.
 */
export async function awgNode(onProgress: OnProgress = () => undefined): Promise<string> {
  const given = process.env["AWG_NODE_PATH"];
  if (given !== undefined && given !== "") {
    if (existsSync(given)) return given;
    throw new Error(`AWG_NODE_PATH names ${given}, which is not there: correct it or unset it`);
  }
  const purpose = "the VPN host of the demo";
  return findOrBuild({ name: "awgnode", target: ".", purpose }, onProgress);
}

/**
 * Returns the path of `amneziawg-go`, the daemon of real hosts, built like `awgnode`.
 * Only tests need it.
 * @throws Error that says what to do, when Go is missing or the build fails.
 */
export async function amneziawgGo(onProgress: OnProgress = () => undefined): Promise<string> {
  const target = "github.com/amnezia-vpn/amneziawg-go";
  return findOrBuild(
    { name: "amneziawg-go", target, purpose: "the tests of VPN hosts" },
    onProgress,
  );
}

/** Builds that this process is running, by path. */
const running = new Map<string, Promise<void>>();

async function findOrBuild(program: Program, onProgress: OnProgress): Promise<string> {
  const path = join(cacheFolder(), `${program.name}-${await computeFingerprint()}`);
  if (existsSync(path)) return path;
  // Reported also to a caller that joins a build which another caller has begun.
  onProgress(`building ${program.name}, once; this takes up to a minute`);
  const build = running.get(path) ?? buildAt(path, program, onProgress);
  running.set(path, build);
  try {
    await build;
    return path;
  } finally {
    running.delete(path);
  }
}

async function buildAt(path: string, program: Program, onProgress: OnProgress): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  // Other processes may be building it too: each writes a file of its own, and the last one stays.
  const unfinished = `${path}.${process.pid}`;
  try {
    await goBuild(program, unfinished, onProgress);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/**
 * Changes with all of the program's sources, so that an old build is never used after an update.
 */
async function computeFingerprint(): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const name of ["go.mod", "go.sum", "main.go"])
    hash.update(await readFile(join(source, name)));
  return hash.digest("hex").slice(0, 16);
}

function goBuild({ name, target, purpose }: Program, output: string, onProgress: OnProgress) {
  return new Promise<void>((resolve, reject) => {
    const args = ["build", "-trimpath", "-ldflags", "-s -w", "-o", output, target];
    const child = spawn("go", args, { cwd: source, stdio: ["ignore", "ignore", "pipe"] });
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      onProgress(line);
    });
    child.on("error", () =>
      reject(
        new Error(
          `${name} (${purpose}) is built with Go, and there is no "go" on PATH: ` +
            "install Go 1.24 or newer from https://go.dev/dl, or set AWG_NODE_PATH to a built awgnode",
        ),
      ),
    );
    child.on("close", (code) => {
      if (code === 0) return resolve();
      const end = lines.slice(-5).join("\n");
      reject(
        new Error(
          `"go build" of ${name} in ${source} ended with ${code}. It needs Go 1.24 or newer and, ` +
            `the first time, access to the Go module proxy (see GOPROXY).\n${end}`,
        ),
      );
    });
  });
}

if (import.meta.main) console.log(await awgNode((line) => console.error(line)));
