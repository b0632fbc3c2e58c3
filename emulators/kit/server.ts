import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ok, type Reply, type Request, write } from "./http.ts";

/** A running emulator. */
export interface Emulator {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** What answers a server's requests. */
export interface App {
  /** Must not reject. Undefined: the connection is already taken care of. */
  answer(request: Request): Promise<Reply | undefined>;
  /** Nothing is kept or sent after this. */
  stop(): void | Promise<void>;
}

/**
 * Serves on 127.0.0.1 alone. Rejects with the listen error when the port is taken, before the app
 * is opened; requests that come while it is being opened wait for it.
 */
export async function listen(
  port: number,
  open: (url: string) => App | Promise<App>,
): Promise<Emulator> {
  // Longer than a client stays idle between two calls, so that no call meets a closing connection.
  const server = createServer({ keepAliveTimeout: 75_000 });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const taken = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${taken}`;
  const opening = Promise.resolve(url).then(open);
  server.on("request", (raw, response) => void serve(opening, raw, response));
  try {
    const app = await opening;
    return { url, port: taken, close: () => close(server, app) };
  } catch (error) {
    server.close();
    server.closeAllConnections();
    throw error;
  }
}

async function serve(
  opening: Promise<App>,
  raw: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = URL.parse(`http://127.0.0.1${raw.url ?? "/"}`);
  if (url === null) return write(response, { status: 400, body: { error: "this is not a path" } });
  const { pathname: path, searchParams: query } = url;
  const app = await opening.catch(() => undefined);
  if (app !== undefined && path === "/healthz") return write(response, ok({ ok: true }));
  const reply = await app?.answer({ method: raw.method ?? "GET", path, query, raw, response });
  if (reply && !response.destroyed) write(response, reply);
}

async function close(server: Server, app: App): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const stopped = app.stop();
  server.closeAllConnections();
  await closed;
  await stopped;
}
