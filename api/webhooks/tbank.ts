import { createHash } from "node:crypto";
import * as z from "zod";
import { money } from "../../domain/money.ts";
import { asPaymentId, type GatewayName, type GatewayReport } from "../../domain/payment.ts";
import { parseLiterally, signedText, tbankReports } from "../../domain/tbank.ts";
import { paymentOfNobody } from "../../db/readers/payments-seen.ts";
import { instant } from "../../domain/time.ts";
import type { ApiConfiguration } from "../config.ts";
import { type Heard, sameSecret, textOf, type WebhookReader } from "../webhook.ts";

const gateway = "tbank" as GatewayName;

const root = z.record(z.string(), z.unknown());
const notification = z.object({
  OrderId: z.string(),
  PaymentId: z.string().regex(/^\d{1,20}$/u),
  Success: z.boolean(),
  ErrorCode: z.string(),
  Status: z.string().regex(/^\w{1,30}$/u),
  Amount: z
    .string()
    .regex(/^\d{1,15}$/u)
    .transform((text) => money(Number(text), "RUB")),
});

/** The same place hears of bound cards and accounts, and of receipts. */
const isOfAnotherKind = ({
  NotificationType,
  RequestKey,
  Status,
}: z.output<typeof root>): boolean =>
  NotificationType !== undefined || RequestKey !== undefined || Status === "RECEIPT";

/** Undefined: T-Bank is not configured. */
export function tBankWebhook({
  TBANK_TERMINAL_KEY: terminalKey,
  TBANK_PASSWORD: password,
}: Pick<ApiConfiguration, "TBANK_TERMINAL_KEY" | "TBANK_PASSWORD">): WebhookReader | undefined {
  if (terminalKey === undefined || password === undefined) return undefined;
  // Exactly this, or the bank repeats itself for a day and longer.
  const thanks = { type: "text", body: "OK" };
  return { gateway, thanks, read: (body) => read(body, { terminalKey, password }) };
}

interface Known {
  readonly terminalKey: string;
  readonly password: string;
}

function read(body: Buffer, { terminalKey, password }: Known): Heard {
  const evidence = textOf(body);
  const fields = root.safeParse(parsed(evidence));
  if (evidence === undefined || !fields.success) return { kind: "refused", reason: "malformed" };
  const { TerminalKey, Token } = fields.data;
  if (TerminalKey !== terminalKey) return { kind: "refused", reason: "terminal" };
  const wanted = createHash("sha256").update(signedText(fields.data, password)).digest("hex");
  if (!sameSecret(typeof Token === "string" ? Token : "", wanted)) {
    return { kind: "refused", reason: "signature" };
  }
  if (isOfAnotherKind(fields.data)) return { kind: "nothing" };
  const told = notification.safeParse(fields.data);
  if (!told.success) return { kind: "refused", reason: "malformed" };
  const { OrderId, PaymentId } = told.data;
  const report = reportOf(told.data);
  const known = asPaymentId(OrderId);
  if (known === undefined && report.kind !== "paid") return { kind: "nothing" };
  const paymentId = known ?? paymentOfNobody(gateway, PaymentId);
  return { kind: "told", paymentId, told: { gateway, report, evidence, by: "gateway" } };
}

/**
 * The bank tells no time: it is now. That money went back is progress here, since how much can be told only by
 * whoever knows the price.
 */
function reportOf(told: z.output<typeof notification>): GatewayReport {
  const { PaymentId: paymentId, Status: status, Amount: amount, Success, ErrorCode } = told;
  const progress: GatewayReport = { kind: "progress", status };
  const [report = progress] = tbankReports({ paymentId, status, amount, at: instant(new Date()) });
  return report.kind === "paid" && !(Success && ErrorCode === "0") ? progress : report;
}

function parsed(text: string | undefined): unknown {
  try {
    return parseLiterally(text ?? "");
  } catch {
    return undefined;
  }
}
