import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { asPaymentId, gatewayName } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { sameSecret } from "../../../runtime/secret.ts";
import { textOf, type WebhookProvider, type WebhookReading } from "../webhook-port.ts";
import { parseOrUndefined } from "../wire-values.ts";
import { readCryptoBotInvoice } from "./invoice.ts";
import { type CoinCode, cryptoBotReport } from "./protocol.ts";

const gateway = gatewayName("cryptobot");
const signatureHeader = "crypto-pay-api-signature";

const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const update = z.object({
  update_type: z.string(),
  request_date: moment,
  payload: z.unknown(),
});
const environment = {
  CRYPTOBOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]+$/u, "must be the API token of @CryptoBot's Crypto Pay, like 12345:AAbc")
    .optional(),
  /** Crypto Pay's code of TON's coin. */
  CRYPTOBOT_COIN: z.enum(["TON", "GRAM"], { error: "must be TON or GRAM" }).default("TON"),
};

/**
 * Reads Crypto Pay's updates.
 * @see https://help.send.tg/en/articles/10279948-crypto-pay-api (Webhooks)
 */
export const cryptoBotWebhook: WebhookProvider<typeof environment> = {
  name: "cryptobot",
  environment,
  connect({ CRYPTOBOT_TOKEN: token, CRYPTOBOT_COIN: coin }) {
    if (token === undefined) return undefined;
    return {
      gateway,
      acknowledgement: { type: "json", body: '{"ok":true}' },
      proofHeader: signatureHeader,
      read: (body, headers) => read(body, headers, { token, coin }),
    };
  },
};

interface App {
  readonly token: string;
  readonly coin: CoinCode;
}

function read(body: Buffer, headers: IncomingHttpHeaders, { token, coin }: App): WebhookReading {
  const signature = String(headers[signatureHeader] ?? "");
  if (!sameSecret(signature.toLowerCase(), signatureOf(body, token)))
    return { kind: "refused", reason: "signature" };
  const evidence = textOf(body);
  const message = update.safeParse(parseOrUndefined(evidence ?? ""));
  if (evidence === undefined || !message.success) return { kind: "refused", reason: "malformed" };
  if (message.data.update_type !== "invoice_paid") return { kind: "nothing" };
  const reading = readCryptoBotInvoice(message.data.payload);
  if (reading.kind === "unreadable") return { kind: "refused", reason: "malformed" };
  const { invoice } = reading;
  const at = instant(invoice.paidMs ?? message.data.request_date);
  const report = cryptoBotReport(invoice, coin, at);
  if (report === undefined) return { kind: "nothing" };
  const known = asPaymentId(invoice.payload ?? "");
  // An invoice that is not ours matters only where it brought money that can be counted.
  if (known === undefined && report.kind !== "paid") return { kind: "nothing" };
  const paymentId = known ?? unmatchedPaymentId(gateway, String(invoice.invoice_id));
  const proof = { [signatureHeader]: signature };
  return {
    kind: "reported",
    paymentId,
    event: { gateway, report, evidence, headers: proof, source: "gateway" },
  };
}

/**
 * The key is the raw SHA-256 of the token, not its hexadecimal text; the signed text is the body,
 * byte for byte.
 */
function signatureOf(body: Buffer, token: string): string {
  const key = createHash("sha256").update(token).digest();
  return createHmac("sha256", key).update(body).digest("hex");
}
