import * as z from "zod";
import { loopbackUrl } from "../../kit/loopback.ts";
import { read } from "../params.ts";
import type { Draft } from "../payments.ts";
import { checkReceipt } from "../receipt.ts";
import { type Code, Refusal } from "../refusal.ts";
import type { State } from "../state.ts";
import { answerOn, type Method } from "./method.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** One rouble. Unverified: the bank documents a minimum, not its value. */
const minKopecks = 100;
const maxKopecks = 9_999_999_999;

const link = z.string().refine((text) => /^https?:\/\/\S+$/u.test(text) && URL.canParse(text));

const order = z.object({
  Amount: z.int().min(minKopecks).max(maxKopecks),
  OrderId: z.string().max(36),
  Description: z.string().max(140).optional(),
  CustomerKey: z.string().max(36).optional(),
  Recurrent: z.literal("Y").optional(),
  PayType: z.enum(["O", "T"]).optional(),
  Language: z.string().max(2).optional(),
  NotificationURL: link.optional(),
  SuccessURL: link.optional(),
  FailURL: link.optional(),
  RedirectDueDate: z.string().optional(),
  DATA: z.record(z.string(), z.string()).optional(),
  Receipt: z.unknown().optional(),
});
type Order = z.output<typeof order>;

const codes: Readonly<Partial<Record<string, Code>>> = {
  Amount: "251",
  OrderId: "212",
  Description: "213",
  CustomerKey: "216",
  RedirectDueDate: "3017",
  DATA: "250",
};

/** The same call twice makes two payments of one order, unless the terminal is set to refuse. */
export const init: Method = (state, params) => {
  const given = read(order, params, codes);
  checkData(given);
  checkRecurrence(given);
  const dueAt = dueAtOf(given, state.options.now());
  if (given.Receipt !== undefined) checkReceipt(given.Receipt, given.Amount);
  else if (state.options.cashRegister) throw new Refusal("309");
  const isRepeat = state.payments.listByOrder(given.OrderId).length > 0;
  if (isRepeat && state.options.orderIdRepeat === "refuse") throw new Refusal("20");
  const payment = state.payments.open(draftOf(given, state, dueAt));
  return { ...answerOn(payment), PaymentURL: state.linkOf(payment) };
};

function draftOf(given: Order, { options }: State, dueAt: number): Draft {
  return {
    orderId: given.OrderId,
    amount: given.Amount,
    stages: (given.PayType ?? options.payType) === "T" ? 2 : 1,
    language: given.Language === "en" || given.Language === "ru" ? given.Language : undefined,
    dueAt,
    description: given.Description,
    recurrent: given.Recurrent === "Y",
    customerKey: given.CustomerKey,
    notificationUrl: localUrl(given.NotificationURL),
    successUrl: given.SuccessURL,
    failUrl: given.FailURL,
    data: given.DATA,
  };
}

/** The bank requires port 443; here any port of this machine will do. */
function localUrl(url: string | undefined): string | undefined {
  try {
    return url === undefined ? undefined : loopbackUrl(url);
  } catch (error) {
    throw new Refusal("1", `NotificationURL: ${(error as Error).message}`);
  }
}

/** Longer than the bank's own rule allows for a key. */
const banksKeys = new Set(["OperationInitiatorType", "notificationEnableSource"]);

function checkData({ DATA = {} }: Order): void {
  const pairs = Object.entries(DATA);
  if (pairs.length > 20) throw new Refusal("207");
  for (const [key, value] of pairs) {
    if (key.length > 20 && !banksKeys.has(key)) throw new Refusal("208", key);
    if (value.length > 100) throw new Refusal("209", key);
  }
}

/** The first payment of a card that is to be charged again says so in two places. */
function checkRecurrence({ Recurrent, CustomerKey, DATA = {} }: Order): void {
  const initiator = DATA["OperationInitiatorType"];
  if (initiator !== undefined && !/^[012RI]$/u.test(initiator)) throw new Refusal("1125");
  if (initiator !== undefined && (initiator === "1") !== (Recurrent === "Y")) {
    throw new Refusal("1126");
  }
  const bySbp = DATA["QR"] === "true";
  if (Recurrent === "Y" && CustomerKey === undefined && !bySbp) {
    throw new Refusal("201", "CustomerKey goes with Recurrent");
  }
}

const dateForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/u;

/** A link lives for a day unless it says otherwise. */
function dueAtOf({ RedirectDueDate: due }: Order, nowMs: number): number {
  if (due === undefined) return nowMs + dayMs;
  const dueMs = dateForm.test(due) ? Date.parse(due) : Number.NaN;
  if (Number.isNaN(dueMs)) throw new Refusal("3017", "it has the form 2026-11-21T12:00:00+03:00");
  // RedirectDueDate has no fraction of a second, so the limit must not have one either.
  const least = Math.floor((nowMs + minuteMs) / 1_000) * 1_000;
  if (dueMs < least || dueMs > nowMs + 90 * dayMs) {
    throw new Refusal("3017", "it lies a minute to 90 days ahead");
  }
  return dueMs;
}
