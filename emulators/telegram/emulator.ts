import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { BotDoor } from "./bot-door.ts";
import { ControlDoor } from "./control-door.ts";
import { ok, type Reply, type Request, Unservable, write } from "./http.ts";
import { PersonDoor } from "./person-door.ts";
import { World } from "./world.ts";

export interface TelegramEmulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly token: string;
  /** Keeps chats over restarts, even after a kill. Without it nothing is kept. */
  readonly dataFile?: string | undefined;
  /** The pause before a webhook's third try, doubling from there. Telegram's is 2 s. */
  readonly webhookRetryMs?: number | undefined;
}

export interface TelegramEmulator {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A Bot API server with a person's side, on 127.0.0.1 alone. Rejects with the listen error when the
 * port is taken, before the data file is touched.
 */
export async function startTelegramEmulator(
  options: TelegramEmulatorOptions,
): Promise<TelegramEmulator> {
  if (!/^\d+:\S+$/u.test(options.token)) {
    throw new Error("a bot token has the form 123456:TEST");
  }
  // Longer than a bot is idle between two calls: no call meets a connection that is just being
  // closed.
  const server = createServer({ keepAliveTimeout: 75_000 });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const world = open(server, options);
    return { url: `http://127.0.0.1:${port}`, port, close: () => close(server, world) };
  } catch (error) {
    server.close();
    throw error;
  }
}

function open(server: Server, options: TelegramEmulatorOptions): World {
  const { token, dataFile, webhookRetryMs = 2_000 } = options;
  const world: World = new World({
    token,
    dataFile,
    webhookRetryMs,
    onWebhookReply: ({ method, ...params }) => {
      const call = { method: String(method), params, uploads: new Map(), gone: never };
      // As with Telegram, nobody learns how a method called this way went.
      void bot.perform(call).then(
        () => world.save(),
        () => undefined,
      );
    },
  });
  const bot = new BotDoor(world, token);
  const doors = { bot, person: new PersonDoor(world), control: new ControlDoor(world) };
  server.on("request", (raw, response) => void answer({ raw, response, world, doors }));
  return world;
}

const never = new AbortController().signal;

async function close(server: Server, world: World): Promise<void> {
  const closed = once(server, "close");
  server.close();
  world.stop();
  server.closeAllConnections();
  await closed;
}

interface Doors {
  readonly bot: BotDoor;
  readonly person: PersonDoor;
  readonly control: ControlDoor;
}

interface Exchange {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  readonly world: World;
  readonly doors: Doors;
}

/** What was changed outlives a kill before anybody is told of it. */
async function answer({ raw, response, world, doors }: Exchange): Promise<void> {
  const target = `http://127.0.0.1${raw.url ?? "/"}`;
  if (!URL.canParse(target)) {
    return write(response, { status: 400, body: { error: "this is no path" } });
  }
  const url = new URL(target);
  const path = decoded(url.pathname);
  const request = { method: raw.method ?? "GET", path, query: url.searchParams, raw, response };
  const reply = await route(doors, request).catch(unservable);
  world.save();
  if (reply && !response.destroyed) write(response, reply);
}

function route(doors: Doors, request: Request): Promise<Reply | undefined> {
  const { path } = request;
  if (path === "/healthz") return Promise.resolve(ok({ ok: true }));
  if (/^\/person(?:\/|$)/u.test(path)) return doors.person.serve(request);
  if (path.startsWith("/control/")) return doors.control.serve(request);
  return doors.bot.serve(request);
}

function unservable(error: unknown): Reply {
  if (error instanceof Unservable) return { status: error.status, body: { error: error.message } };
  const told = error instanceof Error ? error.message : "unknown";
  return {
    status: 500,
    body: { ok: false, error_code: 500, description: `Internal Server Error: ${told}` },
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
