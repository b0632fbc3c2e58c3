import { randomInt, randomUUID } from "node:crypto";
import { customerId, subscriptionId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import { type Money, money } from "../../../domain/money.ts";
import type { GatewayReport, PaymentId, PaymentOrder } from "../../../domain/payments/payment.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { addMs, instant } from "../../../domain/time.ts";
import type {
  GatewayCapabilities,
  Invoice,
  PaymentGateway,
  RefundRequest,
  StatementLine,
} from "../../../gateways/payments/port.ts";

export const steps = ["issueInvoice", "lookup", "refund", "statement"] as const;
export type Step = (typeof steps)[number];

/**
 * `lost`: the gateway does what was asked, and its answer never arrives.
 * A `429` asks for 7 seconds.
 */
export type Trouble = "lost" | "429" | "500" | "502" | "dropped" | "refused";

/** What is known of an adapter before it is opened; a capability that it lacks is not tested. */
export interface Traits extends Pick<GatewayCapabilities, "refunds" | "hasStatement"> {
  readonly name: string;
  /** The steps that call the gateway's own server. */
  readonly calls: readonly Step[];
}

/** A gateway, the people who pay there, and faults to inject. */
export interface GatewayFixture {
  readonly gateway: PaymentGateway;
  /** The same gateway in a new process. */
  another(): PaymentGateway;
  /** The price of its invoices here. */
  readonly price: Money;
  /** A person who can pay there; anybody unless given. */
  readonly customer?: () => Promise<TelegramId>;
  /** Pays an invoice in full; resolves when the gateway has the money. */
  pay(order: PaymentOrder, invoice: Invoice): Promise<void>;
  /** Minor units of a charge that were refunded, by the gateway's own records. */
  returned(order: PaymentOrder, reference: string): Promise<number>;
  /** Injects a fault into the next call of a step; `lost` into the one that changes something. */
  inject(step: Step, trouble: Trouble): Promise<unknown>;
  /** What the gateway knows of who pays there; a gateway without it reports neither. */
  readonly origin?: (order: PaymentOrder) => Pick<Paid, "sender" | "comment">;
  /** What no error may contain. */
  readonly secrets: readonly string[];
  /** The gateway tells how to pay only once; when that was lost, the order gets another invoice. */
  readonly tellsOnce?: boolean;
}

export const wording = { title: "Month", description: "30 days of VPN access" };

const memoSigns = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

/** A new order at the fixture's price. */
export async function anOrder(
  { gateway: { capabilities: facts }, price: usual, customer }: GatewayFixture,
  price: Money = usual,
): Promise<PaymentOrder> {
  const openedAt = instant(new Date());
  const memo = Array.from({ length: 12 }, () => memoSigns[randomInt(memoSigns.length)]).join("");
  return {
    id: randomUUID() as PaymentId,
    customerId: customerId(randomUUID()),
    telegramId: (await customer?.()) ?? telegramId(randomInt(1_000, 1_000_000)),
    subscriptionId: subscriptionId(randomUUID()),
    gateway: facts.name,
    terms: { code: "month" as PlanCode, version: 1, days: 30, deviceLimit: 3 },
    price,
    memo,
    openedAt,
    lapsesAt: addMs(openedAt, facts.invoiceTtlMs),
  };
}

type Paid = Extract<GatewayReport, { kind: "paid" }>;

/** The payments of this order among these lines, each charge once per amount reported. */
export function paidFor(order: PaymentOrder, lines: readonly StatementLine[]): Paid[] {
  const charges = new Map<string, Paid>();
  for (const { about, report } of lines) {
    const isMine =
      (about.kind === "payment" && about.id === order.id) ||
      (about.kind === "memo" && about.memo === order.memo);
    if (!isMine || report.kind !== "paid") continue;
    charges.set(JSON.stringify([report.reference, report.paid]), report);
  }
  return [...charges.values()];
}

/** Reads from a cursor to the end. */
export async function readOn(
  gateway: PaymentGateway,
  from = "",
): Promise<{ lines: StatementLine[]; cursor: string; pages: number }> {
  const lines: StatementLine[] = [];
  let cursor = from;
  for (let pages = 1; pages < 1_000; pages++) {
    const page = await gateway.statement(cursor);
    lines.push(...page.lines);
    cursor = page.cursor;
    if (!page.more) return { lines, cursor, pages };
  }
  throw new Error("the statement has no end");
}

/** All that the gateway reports about an order, by every way it has. */
export async function readReports(
  gateway: PaymentGateway,
  order: PaymentOrder,
  invoice: Invoice,
): Promise<StatementLine[]> {
  const looked = await gateway.lookup(order, invoice.reference);
  const { lines } = gateway.capabilities.hasStatement ? await readOn(gateway) : { lines: [] };
  return [...looked, ...lines];
}

export const failureOf = async (attempt: Promise<unknown>): Promise<Error> => {
  const error: unknown = await attempt.then(
    () => new Error("it worked"),
    (reason: unknown) => reason,
  );
  return error as Error;
};

/** A refund of a charge of one of our orders. */
export type OrdersRefund = RefundRequest &
  Required<Pick<RefundRequest, "payer">> & {
    readonly order: PaymentOrder;
  };

/** Pays a new order, and builds a refund of all of it. */
export async function aRefund(fixture: GatewayFixture): Promise<OrdersRefund> {
  const { gateway, price: paid } = fixture;
  const order = await anOrder(fixture);
  const invoice = await gateway.issueInvoice(order, wording);
  await fixture.pay(order, invoice);
  const [charge] = paidFor(order, await readReports(gateway, order, invoice));
  return {
    key: `refund-${randomUUID()}`,
    order,
    payer: order.telegramId,
    reference: charge?.reference ?? "none",
    paid,
    alreadyReturned: money(0, paid.currency),
    amount: paid,
  };
}
