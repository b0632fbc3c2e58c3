import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { type CoinCode, cryptoBotReport } from "../../domain/cryptobot.ts";
import { asPaymentId, type GatewayName } from "../../domain/payment.ts";
import { paymentOfNobody } from "../../db/readers/payments-seen.ts";
import { instant } from "../../domain/time.ts";
import type { ApiConfiguration } from "../config.ts";
import { type Heard, sameSecret, textOf, type WebhookReader } from "../webhook.ts";

const gateway = "cryptobot" as GatewayName;
const signatureHeader = "crypto-pay-api-signature";

const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const update = z.object({
  update_type: z.string(),
  request_date: moment,
  payload: z.unknown(),
});
const invoice = z.object({
  invoice_id: z.int().positive(),
  status: z.string(),
  asset: z.string().optional(),
  fiat: z.string().optional(),
  amount: z.string(),
  paid_asset: z.string().optional(),
  paid_amount: z.string().optional(),
  fee_asset: z.string().optional(),
  fee_amount: z.string().optional(),
  payload: z.string().optional(),
  paid_at: moment.optional(),
});

/** Undefined: Crypto Pay is not configured. */
export function cryptoBotWebhook({
  CRYPTOBOT_TOKEN: token,
  CRYPTOBOT_COIN: coin,
}: Pick<ApiConfiguration, "CRYPTOBOT_TOKEN" | "CRYPTOBOT_COIN">): WebhookReader | undefined {
  if (token === undefined) return undefined;
  const thanks = { type: "json", body: '{"ok":true}' };
  return { gateway, thanks, read: (body, headers) => read(body, headers, { token, coin }) };
}

interface Known {
  readonly token: string;
  readonly coin: CoinCode;
}

function read(body: Buffer, headers: IncomingHttpHeaders, { token, coin }: Known): Heard {
  const signature = String(headers[signatureHeader] ?? "");
  if (!sameSecret(signature, signatureOf(body, token)))
    return { kind: "refused", reason: "signature" };
  const evidence = textOf(body);
  const told = update.safeParse(parsed(evidence));
  if (evidence === undefined || !told.success) return { kind: "refused", reason: "malformed" };
  if (told.data.update_type !== "invoice_paid") return { kind: "nothing" };
  const about = invoice.safeParse(told.data.payload);
  if (!about.success) return { kind: "refused", reason: "malformed" };
  const at = instant(about.data.paid_at ?? told.data.request_date);
  const report = cryptoBotReport(about.data, coin, at);
  if (report === undefined) return { kind: "nothing" };
  const known = asPaymentId(about.data.payload ?? "");
  // An invoice of somebody else's making is of interest when it brought money that can be counted.
  if (known === undefined && report.kind !== "paid") return { kind: "nothing" };
  const paymentId = known ?? paymentOfNobody(gateway, String(about.data.invoice_id));
  const proof = { [signatureHeader]: signature };
  return {
    kind: "told",
    paymentId,
    told: { gateway, report, evidence, headers: proof, by: "gateway" },
  };
}

/** The key is the SHA-256 of the token as it is, not as hex text; the text is every byte that came. */
function signatureOf(body: Buffer, token: string): string {
  const key = createHash("sha256").update(token).digest();
  return createHmac("sha256", key).update(body).digest("hex");
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
