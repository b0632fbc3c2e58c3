import * as z from "zod";
import type { Provider } from "../provider.ts";
import { CryptoBotGateway } from "./adapter.ts";
import { cryptoBotDemo } from "./demo.ts";
import { cryptoBotCurrencies } from "./protocol.ts";
import { cryptoBotWebhook } from "./webhook.ts";

const currencyList = z.string().transform((text, context) => {
  const wanted = text.split(",").map((part) => part.trim());
  const known = cryptoBotCurrencies.filter((currency) => wanted.includes(currency));
  if (wanted.length > 0 && known.length === new Set(wanted).size) return known;
  const message = `must be some of ${cryptoBotCurrencies.join(",")}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const environment = {
  ...cryptoBotWebhook.environment,
  CRYPTOBOT_URL: z
    .url({ protocol: /^https?$/u, error: "must be a URL like https://pay.crypt.bot" })
    .default("https://pay.crypt.bot"),
  CRYPTOBOT_CURRENCIES: currencyList.default(["USDT"]),
  CRYPTOBOT_REFUNDS: z.stringbool({ error: "must be true or false" }).default(false),
};

/** Crypto Pay. It needs only its token. */
export const cryptoBotProvider: Provider<typeof environment> = {
  name: "cryptobot",
  environment,
  keys: ["CRYPTOBOT_TOKEN"],
  demo: cryptoBotDemo,
  connect({ CRYPTOBOT_TOKEN: token, ...env }) {
    if (token === undefined) return undefined;
    return new CryptoBotGateway({
      token,
      url: env.CRYPTOBOT_URL,
      currencies: env.CRYPTOBOT_CURRENCIES,
      coin: env.CRYPTOBOT_COIN,
      refunds: env.CRYPTOBOT_REFUNDS,
    });
  },
};
