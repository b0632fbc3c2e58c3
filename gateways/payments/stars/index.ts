import { Telegram } from "telegraf";
import * as z from "zod";
import type { Provider } from "../provider.ts";
import { StarsGateway } from "./adapter.ts";

const environment = {
  /** They need no keys but the bot's own, so that they have a switch. */
  STARS: z.stringbool({ error: "must be true or false" }).default(true),
};

/** On unless it is switched off. */
export const starsProvider: Provider<typeof environment> = {
  name: "stars",
  environment,
  connect({ STARS: isOn }, { botToken, telegramApiRoot: apiRoot }) {
    return isOn ? new StarsGateway(new Telegram(botToken, { apiRoot })) : undefined;
  },
};
