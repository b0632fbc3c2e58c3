import type { Lookups } from "../../db/operations/lookups.ts";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import type { DecisionResult, Decisions } from "../../db/payments/decisions.ts";
import type { OpenResult, Payments } from "../../db/payments/payments.ts";
import type { PlanNames } from "../../db/payments/plans.ts";
import type { Unmatched } from "../../db/payments/unmatched.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import { failures } from "../../domain/failures.ts";
import { invoiceMessages, noticeTo } from "../../domain/messaging/message.ts";
import { confirmed } from "../../domain/operations/reconciliation.ts";
import {
  balanceGateway,
  type GatewayEvent,
  type PaymentId,
  type PaymentOrder,
  type PaymentState,
  type Purchase,
  type StoredOrder,
} from "../../domain/payments/payment.ts";
import type { RefundCommand } from "../../domain/payments/refund.ts";
import type {
  Resolution,
  Resolved,
  UnmatchedRefund,
  UnmatchedResult,
} from "../../domain/payments/unmatched.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Instant } from "../../domain/time.ts";
import type { InvoiceText } from "../../gateways/payments/port.ts";
import { textsIn } from "../../texts/index.ts";
import { addFirstDevice, type DevicePorts } from "../access/first-device.ts";
import { refusedAs } from "../failure.ts";
import { type GatewayDirectory, refundsOf } from "./gateway-directory.ts";

export interface PaymentPorts extends DevicePorts {
  readonly em: EntityManager;
  readonly payments: Payments;
  readonly decisions: Decisions;
  readonly unmatched: Unmatched;
  readonly lookups: Lookups;
  readonly gateways: GatewayDirectory;
  readonly planNames: PlanNames;
  readonly cache: ReadCache;
}

/** What a workflow has to start after a decision. */
export interface DecidedEvents extends Omit<DecisionResult, "refunds"> {
  readonly refunds: readonly RefundCommand[];
}

export type PaymentActivities = ReturnType<typeof createPaymentActivities>;

export function createPaymentActivities(ports: PaymentPorts) {
  const { payments, decisions, unmatched, lookups, gateways, cache } = ports;

  return {
    /** Makes the order of a purchase; where there is none the customer is told why, or shown the open one. */
    async openOrder(id: PaymentId, purchase: Purchase, now: Instant): Promise<OpenResult> {
      const opened = await payments.openOnce(id, purchase, now);
      if (opened.kind === "opened") return opened;
      const { why, instead } = opened;
      const told = noticeTo(purchase.telegramId, `payment/${id}/notOpened`, {
        kind: "notOpened",
        why,
      });
      const open = instead === undefined ? undefined : await payments.find(instead);
      const isShown = open?.state === "open" && open.invoice !== undefined;
      const again = isShown ? shown(open.order, kindOf(open.invoice), id) : [];
      await payments.enqueue([told, ...again]);
      return opened;
    },

    /** Undefined: nobody was ever asked for this money. */
    findOrder: (id: PaymentId): Promise<StoredOrder | undefined> => payments.find(id),

    /** Asks the gateway for an invoice and has it shown to the customer. */
    async issueInvoice(order: PaymentOrder): Promise<void> {
      const gateway = await gateways.get(order.gateway).catch(refusedAs(failures.invoiceRefused));
      const { isFirst, language } = await payments.askOnce(order.id);
      const wording = await wordingOf(ports, order, language);
      const invoice = await gateway
        .issueInvoice(order, wording, { isFirst })
        .catch(refusedAs(failures.invoiceRefused));
      await payments.showInvoice(order, invoice, shown(order, invoice.kind, "opened"));
    },

    async tellInvoiceDelayed({ id, telegramId }: PaymentOrder): Promise<void> {
      await payments.enqueue([
        noticeTo(telegramId, `payment/${id}/delayed`, { kind: "invoiceDelayed" }),
      ]);
    },

    /** What the gateway itself says about reports whose amount is not the price. */
    async confirmEvents(
      order: PaymentOrder,
      events: readonly GatewayEvent[],
    ): Promise<readonly GatewayEvent[]> {
      if (order.gateway === balanceGateway) return events;
      const gateway = await gateways.get(order.gateway).catch(() => undefined);
      const reference = await invoiceReference(ports, order.id);
      if (gateway?.capabilities.delivery !== "pushes" || reference === undefined) return events;
      const lines = await gateway.lookup(order, reference);
      return events.flatMap((event) => confirmed(order, event, lines));
    },

    /** What the gateway knows of the invoice, where it can be asked. */
    async lookUp(order: PaymentOrder): Promise<readonly GatewayEvent[]> {
      const reference = await invoiceReference(ports, order.id);
      if (reference === undefined) return [];
      const gateway = await gateways.get(order.gateway).catch(refusedAs(failures.invoiceRefused));
      const lines = await gateway.lookup(order, reference).catch(async (error: unknown) => {
        // Whoever asks gives up after a few tries: the gateway's reconciler looks as soon as it is back.
        await lookups.bringForward(order);
        throw error;
      });
      return lines
        .filter(({ report }) => report.kind !== "progress")
        .map(({ report, evidence }) => {
          return { gateway: order.gateway, report, evidence, source: "reconciliation" };
        });
    },

    /** Decides over reports and books all that follows, in one transaction. Undefined: the books have no such order. */
    async decideEvents(
      id: PaymentId,
      events: readonly GatewayEvent[],
      now: Instant,
    ): Promise<DecidedEvents | undefined> {
      const name = events[0]?.gateway;
      const canRefund = name !== undefined && (await refundsOf(gateways, name)) !== "none";
      const decided = await decisions.decideAll(id, events, now, {
        canRefund,
        addFirstDevice: (db, { subscriptionId, customerId, telegramId }, at) =>
          addFirstDevice(ports, db, {
            ref: { id: subscriptionId, customerId, telegramId },
            now: at,
          }),
      });
      if (decided === undefined) return undefined;
      await cache.forget(decided.telegramId);
      return { ...decided, refunds: decided.refunds.map((requestId) => twice(id, requestId)) };
    },

    /** Closes an order that nobody has paid, and has its message say so. Undefined: the books have no such order. */
    closePayment(
      order: PaymentOrder,
      state: "lapsed" | "cancelled" | "refused",
      now: Instant,
    ): Promise<PaymentState | undefined> {
      const { id, telegramId } = order;
      const refused = noticeTo(telegramId, `payment/${id}/noInvoice`, { kind: "invoiceRefused" });
      return payments.closeOnce(order, state, {
        now,
        notices: state === "refused" ? [refused] : [],
      });
    },

    /** Keeps money that no order asked for, and tells the admins. Answers how much of it waits for them. */
    keepUnmatched: (id: PaymentId, events: readonly GatewayEvent[]): Promise<number> =>
      unmatched.keepAll(id, events),

    async resolveUnmatched(resolution: Resolution, now: Instant): Promise<Resolved> {
      const { what, gateway } = resolution;
      const mayReturn = what.kind !== "refund" || (await refundsOf(gateways, gateway)) !== "none";
      return unmatched.resolveOnce(resolution, now, { mayReturn });
    },

    closeUnmatched: (
      resolution: Resolution,
      result: UnmatchedResult,
      refund?: UnmatchedRefund,
    ): Promise<void> => unmatched.close(resolution, result, refund),
  };
}

const twice = (paymentId: PaymentId, requestId: string): RefundCommand => ({
  requestId,
  paymentId,
  reason: "the invoice was paid twice",
});

type InvoiceKind = Parameters<typeof invoiceMessages>[1]["invoice"];

/** An order's messages; `cause` names why they are shown. */
const shown = ({ id: paymentId, telegramId }: PaymentOrder, invoice: InvoiceKind, cause: string) =>
  invoiceMessages(telegramId, { paymentId, invoice, cause });

const kindOf = (invoice: Readonly<Record<string, string>>): InvoiceKind =>
  (invoice["kind"] ?? "page") as InvoiceKind;

async function invoiceReference({ payments }: PaymentPorts, id: PaymentId) {
  return (await payments.find(id))?.invoice?.["reference"];
}

async function wordingOf(
  { em, planNames }: PaymentPorts,
  { terms }: PaymentOrder,
  language: Language,
): Promise<InvoiceText> {
  const title = await planNames.of(queriesOf(em), terms, language);
  return { title, description: textsIn(language).payments.invoice.description(title, terms.days) };
}
