import { randomInt } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { serverAddressOf } from "../../domain/access/address-pool.ts";
import { generateKeyPair, publicKeyOf } from "../../gateways/hosts/amneziawg/keys.ts";
import { generateParameters } from "../../gateways/hosts/amneziawg/parameters.ts";
import { amneziaWgSettings, memorySettings } from "../../gateways/hosts/amneziawg/settings.ts";
import type { TunnelSettings } from "../../gateways/hosts/registry.ts";
import { freeUdpPort, isFreeUdpPort } from "../servers/ports.ts";
import {
  launch,
  type ProcessOptions,
  processOptionsOf,
  type Running,
  UserError,
  waitUntil,
} from "../servers/process.ts";
import { awgNode } from "./build.ts";

/** Options of `startDemoHost`. */
export interface DemoHostOptions {
  /** The host's own folder: its socket and `host.json`, for this user alone. */
  readonly dataDir: string;
  /** UDP; when absent, the port of the last start, else a free one. */
  readonly listenPort?: number;
  /** Called when the endpoint has ended, with how it ended. */
  readonly onExit?: (ending: string) => void;
  /** Called with each line of the build's output, if the program has to be built. */
  readonly onProgress?: (line: string) => void;
  readonly processOptions?: ProcessOptions;
}

/** A running endpoint of the demo. */
export interface DemoHost {
  readonly process: Running;
  /** For `connectHost`, and for the settings of a row of `hosts`. */
  readonly settings: TunnelSettings;
}

interface Place {
  readonly socket: string;
  readonly listenPort: number;
}

/** Room for 4,093 devices. */
const network = "10.8.0.0/20";
const mtu = 1_376;
/** In bytes: the longest path of a UNIX socket on macOS, including its closing zero. */
const longestSocketPath = 104;

/**
 * Content of `host.json`. The parameters are checked with the settings of which they become part.
 */
const identityFile = z.object({
  privateKey: z.string(),
  listenPort: z.int(),
  parameters: z.unknown(),
});

type Identity = z.infer<typeof identityFile>;

/**
 * Starts a real AmneziaWG endpoint on this machine, without root: customers' devices connect to it
 * and see the page at http://10.8.0.1/, not the Internet. Keys, parameters and port are stored in
 * `host.json` (mode 0600), so that customers' keys still work after a restart. The endpoint starts
 * unconfigured: the first call of the host that `connectHost` makes
 * from the settings configures it.
 * @throws UserError or Error that says what to do, when it cannot be built or started.
 */
export async function startDemoHost(options: DemoHostOptions): Promise<DemoHost> {
  const folder = await createPrivateFolder(options.dataDir);
  const socket = join(folder, "awg.sock");
  if (Buffer.byteLength(socket) >= longestSocketPath) {
    throw new UserError(
      `${socket} is too long for a socket: choose a data folder with a shorter path`,
    );
  }
  const program = await awgNode(options.onProgress);
  const { privateKey, listenPort, parameters } = await loadIdentity(folder, options.listenPort);
  const settings = amneziaWgSettings.parse({
    kind: "amneziawg",
    via: { type: "uapi", socket },
    owned: { privateKey, listenPort },
    publicKey: publicKeyOf(privateKey),
    endpoint: `127.0.0.1:${listenPort}`,
    ...tunnelSettings,
    parameters,
  });
  return { process: await startProgram(program, { socket, listenPort }, options), settings };
}

/**
 * Returns the settings of a host in memory that looks like the demo's, for machines where that one
 * cannot be built. It has no process; its key and parameters are stored as the real host's are.
 * @throws UserError when the stored ones are damaged.
 */
export async function createMemoryDemoHost(dataDir: string): Promise<TunnelSettings> {
  const { privateKey, listenPort, parameters } = await loadIdentity(
    await createPrivateFolder(dataDir),
  );
  return memorySettings.parse({
    kind: "memory",
    publicKey: publicKeyOf(privateKey),
    endpoint: `127.0.0.1:${listenPort}`,
    ...tunnelSettings,
    parameters,
  });
}

const tunnelSettings = {
  network,
  serverAddress: serverAddressOf(network),
  dns: [],
  mtu,
  allowedIps: [network],
};

async function createPrivateFolder(path: string): Promise<string> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  return folder;
}

/** The host's keys and port: the stored ones, else new ones, which are stored. */
async function loadIdentity(folder: string, wantedPort?: number): Promise<Identity> {
  const path = join(folder, "host.json");
  const before = await readIdentity(path);
  const now: Identity = {
    privateKey: before?.privateKey ?? generateKeyPair().privateKey,
    listenPort: wantedPort ?? before?.listenPort ?? (await freeUdpPort()),
    parameters: before?.parameters ?? generateParameters((min, max) => randomInt(min, max + 1)),
  };
  if (before?.listenPort !== now.listenPort) {
    await writeFile(`${path}.new`, `${JSON.stringify(now, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
  return now;
}

async function readIdentity(path: string): Promise<Identity | undefined> {
  try {
    return identityFile.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${path} is damaged: delete it, customers of the demo then need new keys`);
  }
}

async function startProgram(
  program: string,
  place: Place,
  options: DemoHostOptions,
): Promise<Running> {
  const { listenPort, socket } = place;
  // The endpoint of a killed run may take a moment to end.
  await waitUntil(() => isFreeUdpPort(listenPort), {
    what: `UDP port ${listenPort}`,
    timeoutMs: 5_000,
  });
  let output = "";
  const running = await launch({
    command: program,
    args: ["-uapi", socket, "-addr", tunnelSettings.serverAddress, "-mtu", `${mtu}`],
    env: {},
    endsWithParent: true,
    ...processOptionsOf(options.processOptions ?? {}),
    onOutput: (chunk) => (output = (output + chunk).slice(-2_000)),
  });
  void running.exited.then((ending) => options.onExit?.(ending));
  const isReady = () => Promise.resolve(output.includes("ready\n"));
  try {
    await waitUntil(isReady, { what: "the AmneziaWG endpoint", gone: running.exited });
  } catch (error) {
    await running.stop();
    throw new UserError(`${(error as Error).message}: ${output.trim()}`);
  }
  return running;
}
