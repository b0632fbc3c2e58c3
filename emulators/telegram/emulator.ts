import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import type { App, Emulator } from "../kit/server.ts";
import { BotRoutes } from "./bot-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { GroupRoutes } from "./group-routes.ts";
import { options, prefix, type Settings } from "./options.ts";
import { PersonRoutes } from "./person-routes.ts";
import { State } from "./state.ts";

/** A Bot API server with a person's side. */
export const telegram = defineEmulator({ name: "telegram", prefix, options, open });

/** A running emulator. */
export type TelegramEmulator = Emulator;

/** Starts it; the options are those of `options.ts`. */
export const startTelegramEmulator = telegram.start;

function open(settings: Settings): App {
  const state: State = new State(settings, ({ method, ...params }) => {
    const call = { method: String(method), params, uploads: new Map(), hungUp: never };
    // As with Telegram, the outcome of a method called this way is not reported.
    void bot.perform(call).then(
      () => state.save(),
      () => undefined,
    );
  });
  const bot = new BotRoutes(state, settings.token);
  const app = createApp({
    state,
    routes: [
      [/^\/person(?:\/|$)/u, new PersonRoutes(state)],
      [/^\/group(?:\/|$)/u, new GroupRoutes(state)],
      [/^\/control\//u, controlRoutes(state)],
      [/^/u, bot],
    ],
    failure: (message) => ({
      ok: false,
      error_code: 500,
      description: `Internal Server Error: ${message}`,
    }),
  });
  const answer: typeof app.answer = (request) =>
    app.answer({ ...request, path: decode(request.path) });
  return { ...app, answer };
}

const never = new AbortController().signal;

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
