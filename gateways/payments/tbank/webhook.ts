import { createHash } from "node:crypto";
import * as z from "zod";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { money } from "../../../domain/money.ts";
import { asPaymentId, gatewayName, type GatewayReport } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { sameSecret } from "../../../runtime/secret.ts";
import { requireTogether } from "../provider.ts";
import { textOf, type WebhookProvider, type WebhookReading } from "../webhook-port.ts";
import { flagIn, parseOrUndefined } from "../wire-values.ts";
import { signedText, tbankReports, withoutRebillId } from "./protocol.ts";

const gateway = gatewayName("tbank");

const root = z.record(z.string(), z.unknown());

/** A whole number in its canonical form. */
const canonical = (mostDigits: number) =>
  z.string().regex(new RegExp(`^(?:0|[1-9]\\d{0,${mostDigits - 1}})$`, "u"));

const flag = z.unknown().transform((value, context): boolean => {
  const read = flagIn(value);
  if (typeof read === "boolean") return read;
  context.addIssue({ code: "custom", message: "is not true or false" });
  return z.NEVER;
});

/**
 * A token signs values that are joined without separators, so digits could move from one field into
 * its neighbour unseen. So the fields that we read, and their neighbours, are accepted only in
 * canonical form. An amount can still grow by the digits of the card's id: one that is not the
 * price is confirmed by asking the bank, not here.
 */
const notification = z.object({
  OrderId: z.string(),
  PaymentId: canonical(20),
  Success: flag,
  ErrorCode: canonical(5),
  Status: z.string().regex(/^\w{1,30}$/u),
  Amount: canonical(15).transform((text) => money(Number(text), "RUB")),
  CardId: canonical(20).or(z.literal("")).nullish(),
  ExpDate: z
    .string()
    .regex(/^(?:\d{4})?$/u)
    .nullish(),
});

/** The same address gets notifications about bound cards and accounts, and about receipts. */
const isOfAnotherKind = ({
  NotificationType,
  RequestKey,
  Status,
}: z.output<typeof root>): boolean =>
  isPresent(NotificationType) || isPresent(RequestKey) || Status === "RECEIPT";

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

const environment = {
  TBANK_TERMINAL_KEY: z.string().max(20, "has 20 characters at most").optional(),
  TBANK_PASSWORD: z.string().optional(),
};

/**
 * Reads T-Bank's notifications.
 * @see https://developer.tbank.ru/eacq/intro/developer/notification
 */
export const tBankWebhook: WebhookProvider<typeof environment> = {
  name: "tbank",
  environment,
  connect({ TBANK_TERMINAL_KEY, TBANK_PASSWORD }) {
    const keys = requireTogether({ TBANK_TERMINAL_KEY, TBANK_PASSWORD });
    if (keys === undefined) return undefined;
    const access = { terminalKey: keys.TBANK_TERMINAL_KEY, password: keys.TBANK_PASSWORD };
    // Exactly this, or the bank repeats the notification for a day and longer.
    const acknowledgement = { type: "text", body: "OK" };
    return { gateway, acknowledgement, read: (body) => read(body, access) };
  },
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

interface Terminal {
  readonly terminalKey: string;
  readonly password: string;
}

function read(body: Buffer, { terminalKey, password }: Terminal): WebhookReading {
  const evidence = textOf(body);
  const fields = root.safeParse(parseOrUndefined(evidence ?? ""));
  if (evidence === undefined || !fields.success) return { kind: "refused", reason: "malformed" };
  const { TerminalKey, Token } = fields.data;
  if (TerminalKey !== terminalKey) return { kind: "refused", reason: "terminal" };
  const token = typeof Token === "string" ? Token.toLowerCase() : "";
  // Whether an absent value is signed as "null" or left out depends
  // on which of the bank's systems signs.
  const isGenuine = (["leftOut", "written"] as const)
    .map((nulls) => sameSecret(token, sha256(signedText(fields.data, password, nulls))))
    .some(Boolean);
  if (!isGenuine) return { kind: "refused", reason: "signature" };
  if (isOfAnotherKind(fields.data)) return { kind: "nothing" };
  const message = notification.safeParse(fields.data);
  if (!message.success) return { kind: "refused", reason: "malformed" };
  const { OrderId, PaymentId } = message.data;
  const report = reportOf(message.data);
  const known = asPaymentId(OrderId);
  if (known === undefined && report.kind !== "paid") return { kind: "nothing" };
  const paymentId = known ?? unmatchedPaymentId(gateway, PaymentId);
  const event = {
    gateway,
    report,
    evidence: withoutRebillId(evidence),
    source: "gateway",
  } as const;
  return { kind: "reported", paymentId, event };
}

/**
 * The bank sends no time, so it is now. A refund is progress here,
 * since its amount takes the price to compute.
 */
function reportOf(message: z.output<typeof notification>): GatewayReport {
  const { PaymentId: paymentId, Status: status, Amount: amount, Success, ErrorCode } = message;
  const progress: GatewayReport = { kind: "progress", status };
  const [report = progress] = tbankReports({ paymentId, status, amount, at: instant(new Date()) });
  return report.kind === "paid" && !(Success && ErrorCode === "0") ? progress : report;
}
