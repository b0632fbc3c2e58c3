import { Telegram } from "telegraf";
import * as z from "zod";
import type { Provider } from "../provider.ts";
import { StarsGateway } from "./adapter.ts";
import { starsDemo } from "./demo.ts";

const environment = {
  /** They need no key but the bot's own, so they have a switch. */
  STARS: z.stringbool({ error: "must be true or false" }).default(true),
};

/** Telegram Stars; on unless switched off. */
export const starsProvider: Provider<typeof environment> = {
  name: "stars",
  environment,
  keys: [],
  demo: starsDemo,
  connect({ STARS: isOn }, { botToken, telegramApiRoot: apiRoot }) {
    return isOn ? new StarsGateway(new Telegram(botToken, { apiRoot })) : undefined;
  },
};
