import * as z from "zod";
import { type Provider, requireTogether } from "../provider.ts";
import { TBankGateway } from "./adapter.ts";
import { tBankDemo } from "./demo.ts";
import { tBankWebhook } from "./webhook.ts";

const link = z.url({ protocol: /^https?$/u, error: "must be a URL like https://shop.example/" });

const environment = {
  ...tBankWebhook.environment,
  TBANK_URL: link.default("https://securepay.tinkoff.ru"),
  TBANK_NOTIFICATION_URL: link.optional(),
  TBANK_RETURN_URL: link.optional(),
  /** T-Bank allows `Charge` on request only; switched on before that, each renewal fails. */
  TBANK_RECURRING: z.stringbool({ error: "must be true or false" }).default(false),
  TBANK_TAXATION: z
    .enum(["osn", "usn_income", "usn_income_outcome", "esn", "patent"], {
      error: "must be one of osn, usn_income, usn_income_outcome, esn, patent",
    })
    .optional(),
  TBANK_VAT: z
    .string()
    .regex(/^\w{1,20}$/u, "must be T-Bank's code, like none or vat20")
    .optional(),
  TBANK_RECEIPT_EMAIL: z.email({ error: "must be an e-mail address" }).max(64).optional(),
};

/**
 * T-Bank. It needs its terminal's key and password;
 * receipts also need taxation, VAT and an address.
 */
export const tBankProvider: Provider<typeof environment> = {
  name: "tbank",
  environment,
  keys: ["TBANK_TERMINAL_KEY", "TBANK_PASSWORD"],
  demo: tBankDemo,
  connect(env) {
    const { TBANK_TERMINAL_KEY, TBANK_PASSWORD } = env;
    const keys = requireTogether({ TBANK_TERMINAL_KEY, TBANK_PASSWORD });
    if (keys === undefined) return undefined;
    const { TBANK_TAXATION, TBANK_VAT, TBANK_RECEIPT_EMAIL } = env;
    const receipt = requireTogether({ TBANK_TAXATION, TBANK_VAT, TBANK_RECEIPT_EMAIL });
    return new TBankGateway({
      terminalKey: keys.TBANK_TERMINAL_KEY,
      password: keys.TBANK_PASSWORD,
      url: env.TBANK_URL,
      notificationUrl: env.TBANK_NOTIFICATION_URL,
      returnUrl: env.TBANK_RETURN_URL,
      recurring: env.TBANK_RECURRING,
      receipt: receipt && {
        taxation: receipt.TBANK_TAXATION,
        vat: receipt.TBANK_VAT,
        email: receipt.TBANK_RECEIPT_EMAIL,
      },
    });
  },
};
