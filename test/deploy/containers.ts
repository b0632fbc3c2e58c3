import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../drivers/eventually.ts";
import type { ComposeFile, Service, Variables } from "./compose-file.ts";
import type { Image } from "./image.ts";

/** What services of the compose file need to run as processes of this machine. */
export interface Deployment {
  readonly compose: ComposeFile;
  readonly image: Image;
  /** A folder that every account may enter. */
  readonly folder: string;
  /** The folder in which `deploy/secrets.sh` has put the secrets. */
  readonly secretsFolder: string;
  /** PATH with the programs of all images. */
  readonly path: string;
  /**
   * Words of the file and their replacements on this machine:
   * hosts and ports, paths in a container.
   */
  readonly instead: Readonly<Record<string, string>>;
  /** The account of our own image's processes; undefined means our own. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** The metrics port of a service on this machine. */
  readonly metricsPort: (service: string) => string;
}

/** A service that runs as a process. */
export interface Container {
  readonly name: string;
  readonly child: ChildProcess;
  output(): string;
}

const running = new Set<ChildProcess>();

/**
 * Starts a service's command, or another one in its place, with the service's environment and
 * secrets, as a plain process.
 */
export function startContainer(
  deployment: Deployment,
  name: string,
  more: Variables = {},
  instead?: readonly string[],
): Container {
  const service = serviceOf(deployment, name);
  const here = translator(deployment, name);
  const [command = "", ...args] = (instead ?? service.command ?? []).map(here);
  const own = service.build !== undefined;
  const variables = {
    ...(own ? deployment.image.environment : {}),
    ...service.environment,
    ...more,
  };
  const environment = Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [key, here(value)]),
  );
  const child = spawn(command, args, {
    cwd: own ? deployment.image.folder : deployment.folder,
    env: { PATH: deployment.path, HOME: deployment.folder, ...environment },
    ...(own ? deployment.owner : {}),
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.once("exit", () => running.delete(child));
  return { name, child, output: () => output };
}

/** Runs a one-shot service to its end. Returns its output. */
export async function runContainer(deployment: Deployment, name: string): Promise<string> {
  const container = startContainer(deployment, name);
  const [code] = (await once(container.child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${container.output()}`);
  return container.output();
}

/** What `docker compose exec` prints, and its exit code. */
export async function runInContainer(
  deployment: Deployment,
  name: string,
  command: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const container = startContainer(deployment, name, {}, command);
  const [code] = (await once(container.child, "close")) as [number | null];
  return { code, output: container.output() };
}

/** Waits until the service's own health check succeeds. */
export async function waitUntilHealthy(
  deployment: Deployment,
  container: Container,
): Promise<void> {
  const here = translator(deployment, container.name);
  const [, command = "", ...args] = serviceOf(deployment, container.name).healthcheck?.test ?? [];
  await eventually(() => {
    const { exitCode, signalCode } = container.child;
    const check = spawnSync(command, args.map(here), { env: { PATH: deployment.path } });
    if (check.status === 0) return;
    throw new Error(`${container.name} (${exitCode ?? signalCode}):\n${container.output()}`);
  }, 90_000);
}

/** Kills all containers that are still running. */
export async function endContainers(): Promise<void> {
  const ends = [...running].map((child) => once(child, "exit"));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(ends);
}

function serviceOf({ compose }: Deployment, name: string): Service {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/**
 * Replaces words in a service's texts by their values on this machine;
 * it gets only its own secrets.
 */
function translator(deployment: Deployment, name: string): (text: string) => string {
  const folder = join(deployment.folder, "containers", name);
  mkdirSync(folder, { recursive: true });
  for (const secret of serviceOf(deployment, name).secrets ?? []) {
    copyFileSync(join(deployment.secretsFolder, secret), join(folder, secret));
    chmodSync(join(folder, secret), 0o444);
  }
  const metrics = deployment.metricsPort(name);
  const places: Record<string, string> = {
    "/run/secrets/": `${folder}/`,
    "127.0.0.1:9090": `127.0.0.1:${metrics}`,
    "9090": metrics,
    "0.0.0.0": "127.0.0.1",
    "/app/": `${deployment.image.folder}/`,
    ...deployment.instead,
  };
  return (text) => {
    const place = Object.keys(places).find((word) => text === word || occursIn(text, word));
    return place === undefined ? text : text.replaceAll(place, places[place] ?? "");
  };
}

/** A single word (a port, a host) is replaced only if it is the whole text. */
const occursIn = (text: string, word: string): boolean => /[/:]/u.test(word) && text.includes(word);

/** The environment and the command line of a process. */
export const environmentAndCommandOf = ({ child }: Container): string =>
  ["environ", "cmdline"].map((file) => readFileSync(`/proc/${child.pid}/${file}`, "utf8")).join();
