import { type Reply, type Request, unservable } from "../kit/http.ts";
import { type Emulator, listen } from "../kit/server.ts";
import { BotDoor } from "./bot-door.ts";
import { ControlDoor } from "./control-door.ts";
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

export type TelegramEmulator = Emulator;

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
  return listen(options.port, () => open(options));
}

function open(options: TelegramEmulatorOptions) {
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
  return {
    answer: (request: Request) => answer(world, doors, request),
    stop: () => world.stop(),
  };
}

const never = new AbortController().signal;

interface Doors {
  readonly bot: BotDoor;
  readonly person: PersonDoor;
  readonly control: ControlDoor;
}

/** What was changed outlives a kill before anybody is told of it. */
async function answer(world: World, doors: Doors, request: Request): Promise<Reply | undefined> {
  const path = decoded(request.path);
  const reply = await route(doors, { ...request, path }).catch(failed);
  world.save();
  return reply;
}

function route(doors: Doors, request: Request): Promise<Reply | undefined> {
  const { path } = request;
  if (/^\/person(?:\/|$)/u.test(path)) return doors.person.serve(request);
  if (path.startsWith("/control/")) return doors.control.serve(request);
  return doors.bot.serve(request);
}

const failed = unservable((told) => ({
  ok: false,
  error_code: 500,
  description: `Internal Server Error: ${told}`,
}));

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
