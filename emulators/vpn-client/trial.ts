import { spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { BrokenConf, type ClientConf, readConf } from "./conf.ts";
import { uapi } from "./uapi.ts";

/** What came of trying a key. `page` is HTML written by the other end of the tunnel. */
export type Trial =
  | { readonly connected: true; readonly address: string; readonly page: string }
  | { readonly connected: false; readonly reason: string };

interface Client {
  readonly socket: string;
  /** Where the page inside the tunnel is met on this machine. */
  readonly url: string;
}

const maxPage = 64 * 1024;

/**
 * Connects a client of its own with this very `.conf` and opens the page inside the tunnel. The
 * client is gone when this is over, however it went. `program` is an awgnode;
 * `withinMs` bounds the whole.
 * @throws BrokenConf when the text is not a configuration.
 */
export async function tryKey(text: string, program: string, withinMs = 11_000): Promise<Trial> {
  const conf = readConf(text);
  const folder = await mkdtemp(join(tmpdir(), "tollgate-try-"));
  const over = new AbortController();
  const deadline = setTimeout(() => over.abort(), withinMs);
  try {
    return await connect({ conf, program, folder, over: over.signal });
  } finally {
    clearTimeout(deadline);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Attempt {
  readonly conf: ClientConf;
  readonly program: string;
  readonly folder: string;
  readonly over: AbortSignal;
}

async function connect(attempt: Attempt): Promise<Trial> {
  const { conf, program, folder, over } = attempt;
  const endpoint = await resolveEndpoint(conf.endpoint);
  if (endpoint === undefined) {
    return { connected: false, reason: `The host's name ${conf.endpoint.host} is not known.` };
  }
  const socket = join(folder, "c.sock");
  const forward = `127.0.0.1:0=${conf.hostAddress}:80`;
  const inside = ["-addr", conf.address, "-mtu", `${conf.mtu}`, "-serve=false"];
  // Tied to us by its standard input: it cannot outlive this process.
  const child = spawn(program, ["-uapi", socket, "-tied", "-forward", forward, ...inside], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const exited = once(child, "exit");
  try {
    const client = { socket, url: await waitUntilReady(child.stdout) };
    const peer = [...conf.peerLines, `endpoint=${endpoint}`];
    await configure(client, ["set=1", ...conf.interfaceLines, ...peer]);
    const page = await fetchPage(client, over);
    if (page !== undefined) return { connected: true, address: conf.address, page };
    return { connected: false, reason: await explainFailure(client) };
  } finally {
    child.kill("SIGKILL");
    await exited.catch(() => undefined);
  }
}

async function configure({ socket }: Client, lines: readonly string[]): Promise<void> {
  try {
    await uapi(socket, lines);
  } catch (error) {
    throw new BrokenConf((error as Error).message);
  }
}

/** `address:port`, as UAPI wants it. */
async function resolveEndpoint({
  host,
  port,
}: ClientConf["endpoint"]): Promise<string | undefined> {
  try {
    const { address, family } = await lookup(host);
    return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  } catch {
    return undefined;
  }
}

/** Waits until the client prints that it is up, and from where it forwards. */
async function waitUntilReady(output: NodeJS.ReadableStream): Promise<string> {
  let forward: string | undefined;
  for await (const line of createInterface({ input: output })) {
    forward ??= /^forward (\S+)$/u.exec(line)?.[1];
    if (line === "ready" && forward !== undefined) return `http://${forward}/`;
  }
  throw new Error("the VPN client of this machine did not start");
}

/** Polls for the page until the deadline: a handshake may need a second try after five seconds. */
async function fetchPage({ url }: Client, over: AbortSignal): Promise<string | undefined> {
  while (!over.aborted) {
    try {
      const response = await fetch(url, { signal: over });
      if (response.ok) return (await response.text()).slice(0, maxPage);
    } catch {
      await delay(100);
    }
  }
  return undefined;
}

async function explainFailure({ socket }: Client): Promise<string> {
  const state = await uapi(socket, ["get=1"]);
  const handshake = /^last_handshake_time_sec=(\d+)$/mu.exec(state)?.[1] ?? "0";
  return handshake === "0"
    ? "The VPN host did not answer this key: it was revoked, has expired or was never known there."
    : "The VPN host knows this key, but nothing came through the tunnel.";
}
