import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../drivers/eventually.ts";
import type { ComposeFile, Service, Variables } from "./compose-file.ts";
import type { Image } from "./image.ts";

export interface World {
  readonly compose: ComposeFile;
  readonly image: Image;
  /** Everybody may enter it. */
  readonly folder: string;
  /** Where `deploy/secrets.sh` has put the secrets. */
  readonly secretsFolder: string;
  /** Folders with the programs of all images. */
  readonly path: string;
  /** Words of the file, and what they are on this machine: hosts and ports, places in a container. */
  readonly instead: Readonly<Record<string, string>>;
  /** As whom our own image's processes run; undefined means as ourselves. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** What the metrics port of a service is here. */
  readonly metricsPort: (service: string) => string;
}

export interface Container {
  readonly name: string;
  readonly child: ChildProcess;
  output(): string;
}

const running = new Set<ChildProcess>();

/** Starts a service's own command with its own environment and secrets, as a plain process. */
export function startContainer(world: World, name: string, more: Variables = {}): Container {
  const service = serviceOf(world, name);
  const here = translator(world, name);
  const [command = "", ...args] = (service.command ?? []).map(here);
  const own = service.build !== undefined;
  const given = { ...(own ? world.image.environment : {}), ...service.environment, ...more };
  const environment = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, here(value)]),
  );
  const child = spawn(command, args, {
    cwd: own ? world.image.folder : world.folder,
    env: { PATH: world.path, HOME: world.folder, ...environment },
    ...(own ? world.owner : {}),
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.once("exit", () => running.delete(child));
  return { name, child, output: () => output };
}

/** Runs a one-shot service to its end. */
export async function runContainer(world: World, name: string): Promise<string> {
  const container = startContainer(world, name);
  const [code] = (await once(container.child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${container.output()}`);
  return container.output();
}

/** Waits until the service's own health check says yes. */
export async function healthy(world: World, container: Container): Promise<void> {
  const here = translator(world, container.name);
  const [, command = "", ...args] = serviceOf(world, container.name).healthcheck?.test ?? [];
  await eventually(() => {
    const { exitCode, signalCode } = container.child;
    const asked = spawnSync(command, args.map(here), { env: { PATH: world.path } });
    if (asked.status === 0) return;
    throw new Error(`${container.name} (${exitCode ?? signalCode}):\n${container.output()}`);
  }, 90_000);
}

/** Ends what a test has left. */
export async function endContainers(): Promise<void> {
  const ends = [...running].map((child) => once(child, "exit"));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(ends);
}

function serviceOf({ compose }: World, name: string): Service {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** Puts this machine's places into a service's words. It sees its own secrets and no others. */
function translator(world: World, name: string): (text: string) => string {
  const folder = join(world.folder, "containers", name);
  mkdirSync(folder, { recursive: true });
  for (const secret of serviceOf(world, name).secrets ?? []) {
    copyFileSync(join(world.secretsFolder, secret), join(folder, secret));
    chmodSync(join(folder, secret), 0o444);
  }
  const metrics = world.metricsPort(name);
  const places: Record<string, string> = {
    "/run/secrets/": `${folder}/`,
    "127.0.0.1:9090": `127.0.0.1:${metrics}`,
    "9090": metrics,
    "0.0.0.0": "127.0.0.1",
    "/app/": `${world.image.folder}/`,
    ...world.instead,
  };
  return (text) => {
    const place = Object.keys(places).find((word) => text === word || found(text, word));
    return place === undefined ? text : text.replaceAll(place, places[place] ?? "");
  };
}

/** Single words (a port, a host) are replaced only where they are all of a text. */
const found = (text: string, word: string): boolean => /[/:]/u.test(word) && text.includes(word);

/** Everything a process was told: its environment and its command line. */
export const toldOf = ({ child }: Container): string =>
  ["environ", "cmdline"].map((file) => readFileSync(`/proc/${child.pid}/${file}`, "utf8")).join();
