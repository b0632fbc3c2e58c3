import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { ApiDoor } from "./api-door.ts";
import { ControlDoor } from "./control-door.ts";
import { ok, type Reply, type Request, Unservable, write } from "./http.ts";
import { isAddress } from "./operations.ts";
import { PayDoor } from "./pay-door.ts";
import { World } from "./world.ts";

export interface ToncenterEmulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The merchant's wallet in any spelling; without it, one of the emulator's own. */
  readonly merchant?: string | undefined;
  /** `uninit`: the wallet was never deployed, as a new one is. Default `active`. */
  readonly merchantState?: "active" | "uninit" | undefined;
  /** Where the USDT-like jetton is to lie; without it, `GET /control/info` tells where it does. */
  readonly usdtMaster?: string | undefined;
  /** Keeps the chain over restarts, even after a kill. Without it nothing is kept. */
  readonly dataFile?: string | undefined;
  /** With these, any other key is unknown (401). A call without a key is always served. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Keys that toncenter gave out for its other network (403). */
  readonly otherNetworkKeys?: readonly string[] | undefined;
  /** Rows of a v3 list whose call names no limit. Default 100; v3's description says 10. */
  readonly defaultLimit?: number | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

export interface ToncenterEmulator {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * toncenter over a chain of its own, on 127.0.0.1 alone. Rejects with the listen error when the port
 * is taken, before the data file is touched, and with a remedy when an address is none.
 */
export async function startToncenterEmulator(
  options: ToncenterEmulatorOptions,
): Promise<ToncenterEmulator> {
  for (const text of [options.merchant, options.usdtMaster]) {
    if (text !== undefined && !isAddress(text)) throw new Error(`${text} is no address of TON`);
  }
  // Longer than a poller is idle between two calls: no call meets a connection that is being closed.
  const server = createServer({ keepAliveTimeout: 75_000 });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const gate = new AbortController();
  try {
    const world = await open(server, options, gate.signal);
    return { url: `http://127.0.0.1:${port}`, port, close: () => close(server, world, gate) };
  } catch (error) {
    server.close();
    server.closeAllConnections();
    throw error;
  }
}

interface Doors {
  readonly api: ApiDoor;
  readonly control: ControlDoor;
  readonly pay: PayDoor;
}

async function open(
  server: Server,
  options: ToncenterEmulatorOptions,
  closing: AbortSignal,
): Promise<World> {
  const clock = options.clock ?? Date.now;
  const { merchant, merchantState = "active", usdtMaster, dataFile } = options;
  const opening = World.open({ genesis: { merchant, merchantState, usdtMaster }, dataFile, clock });
  const doors = opening.then((world): Doors => {
    const { apiKeys, otherNetworkKeys = [], defaultLimit = 100 } = options;
    const api = new ApiDoor(world, { apiKeys, otherNetworkKeys, defaultLimit, closing });
    return { api, control: new ControlDoor(world), pay: new PayDoor(world, clock) };
  });
  // Whoever asks while the chain is replayed waits for it; if it cannot be, `opening` tells.
  doors.catch(() => undefined);
  server.on("request", (raw, response) => {
    const url = new URL(raw.url ?? "/", "http://127.0.0.1");
    const { pathname: path, searchParams: query } = url;
    const request = { method: raw.method ?? "GET", path, query, raw, response };
    void answer(doors, request);
  });
  return opening;
}

async function answer(doors: Promise<Doors>, request: Request): Promise<void> {
  const reply = await doors.then((open) => route(open, request)).catch(unservable);
  if (reply && !request.response.destroyed) write(request.response, reply);
}

function route({ api, control, pay }: Doors, request: Request): Promise<Reply | undefined> {
  const { path } = request;
  if (path === "/healthz") return Promise.resolve(ok({ ok: true }));
  if (path === "/pay") return pay.serve(request);
  if (path.startsWith("/control/")) return control.serve(request);
  return api.serve(request);
}

function unservable(error: unknown): Reply {
  if (error instanceof Unservable) return { status: error.status, body: { error: error.message } };
  const told = error instanceof Error ? error.message : "unknown";
  return { status: 500, body: { error: `internal server error: ${told}` } };
}

async function close(server: Server, world: World, gate: AbortController): Promise<void> {
  const closed = once(server, "close");
  server.close();
  gate.abort();
  server.closeAllConnections();
  await closed;
  await world.close();
}
