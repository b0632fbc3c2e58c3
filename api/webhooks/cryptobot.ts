import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { type CoinCode, cryptoBotReport } from "../../domain/cryptobot.ts";
import { readCryptoBotInvoice } from "../../domain/cryptobot-invoice.ts";
import { paymentOfNobody } from "../../domain/derived-ids.ts";
import { asPaymentId, type GatewayName } from "../../domain/payment.ts";
import { instant } from "../../domain/time.ts";
import { parseLiterally } from "../../domain/wire-values.ts";
import type { ApiConfiguration } from "../config.ts";
import { type WebhookReading, sameSecret, textOf, type WebhookReader } from "../webhook.ts";

const gateway = "cryptobot" as GatewayName;
const signatureHeader = "crypto-pay-api-signature";

const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const update = z.object({
  update_type: z.string(),
  request_date: moment,
  payload: z.unknown(),
});
/** Undefined: Crypto Pay is not configured. */
export function cryptoBotWebhook({
  CRYPTOBOT_TOKEN: token,
  CRYPTOBOT_COIN: coin,
}: Pick<ApiConfiguration, "CRYPTOBOT_TOKEN" | "CRYPTOBOT_COIN">): WebhookReader | undefined {
  if (token === undefined) return undefined;
  const thanks = { type: "json", body: '{"ok":true}' };
  return {
    gateway,
    thanks,
    proofHeader: signatureHeader,
    read: (body, headers) => read(body, headers, { token, coin }),
  };
}

interface Known {
  readonly token: string;
  readonly coin: CoinCode;
}

function read(body: Buffer, headers: IncomingHttpHeaders, { token, coin }: Known): WebhookReading {
  const signature = String(headers[signatureHeader] ?? "");
  if (!sameSecret(signature.toLowerCase(), signatureOf(body, token)))
    return { kind: "refused", reason: "signature" };
  const evidence = textOf(body);
  const told = update.safeParse(parsed(evidence));
  if (evidence === undefined || !told.success) return { kind: "refused", reason: "malformed" };
  if (told.data.update_type !== "invoice_paid") return { kind: "nothing" };
  const about = readCryptoBotInvoice(told.data.payload);
  if (about.kind === "unreadable") return { kind: "refused", reason: "malformed" };
  const { invoice } = about;
  const at = instant(invoice.paidMs ?? told.data.request_date);
  const report = cryptoBotReport(invoice, coin, at);
  if (report === undefined) return { kind: "nothing" };
  const known = asPaymentId(invoice.payload ?? "");
  // An invoice of somebody else's making is of interest when it brought money that can be counted.
  if (known === undefined && report.kind !== "paid") return { kind: "nothing" };
  const paymentId = known ?? paymentOfNobody(gateway, String(invoice.invoice_id));
  const proof = { [signatureHeader]: signature };
  return {
    kind: "reported",
    paymentId,
    event: { gateway, report, evidence, headers: proof, source: "gateway" },
  };
}

/** The key is the SHA-256 of the token as it is, not as hex text; the text is every byte that came. */
function signatureOf(body: Buffer, token: string): string {
  const key = createHash("sha256").update(token).digest();
  return createHmac("sha256", key).update(body).digest("hex");
}

function parsed(text: string | undefined): unknown {
  try {
    return parseLiterally(text ?? "");
  } catch {
    return undefined;
  }
}
