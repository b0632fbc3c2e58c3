import { log } from "@temporalio/activity";
import type { Customers } from "../db/customers.ts";
import type { Opened, Payments } from "../db/payments.ts";
import type { Settlement } from "../db/settlement.ts";
import type { Unmatched } from "../db/unmatched.ts";
import { failures } from "../domain/failures.ts";
import type { AdminNotice } from "../domain/notice.ts";
import {
  type GatewayName,
  type GatewayReport,
  type KnownOrder,
  type PaymentId,
  type PaymentOrder,
  type PaymentState,
  type Purchase,
  type Told,
} from "../domain/payment.ts";
import { type Consequence } from "../domain/settlement.ts";
import type { Instant } from "../domain/time.ts";
import type { Resolution, Resolved, UnmatchedRefund } from "../domain/unmatched.ts";
import type { PaymentGateway } from "../gateways/payment-gateway.ts";
import { renderAdminNotice } from "../texts/money.ts";
import { refusedAs } from "./failure.ts";
import { type GatewayDirectory, refundsOf } from "./gateway-directory.ts";
import type { InvoiceDesk } from "./invoice-desk.ts";
import type { Outbox } from "./outbox.ts";
import type { PaymentDoor } from "./reconciliation.ts";

export interface PaymentPorts {
  readonly payments: Payments;
  readonly settlement: Settlement;
  readonly unmatched: Unmatched;
  readonly gateways: GatewayDirectory;
  readonly invoices: InvoiceDesk;
  readonly customers: Customers;
  readonly outbox: Outbox;
  readonly door: PaymentDoor;
}

export type PaymentActivities = ReturnType<typeof createPaymentActivities>;

export function createPaymentActivities(ports: PaymentPorts) {
  const { payments, settlement, unmatched, gateways, invoices, customers, outbox, door } = ports;

  return {
    openOrder: (id: PaymentId, purchase: Purchase, now: Instant): Promise<Opened> =>
      payments.openOnce(id, purchase, now),

    /** Undefined: nobody was ever asked for this money. */
    findOrder: (id: PaymentId): Promise<KnownOrder | undefined> => payments.find(id),

    /** Asks the gateway for an invoice and shows it to the customer. */
    async issueInvoice(order: PaymentOrder): Promise<void> {
      const gateway = failing(() => gateways.get(order.gateway));
      const customer = await outbox.addressee(order.telegramId);
      const wording = await invoices.wording(order, customer);
      const isFirst = await payments.askOnce(order.id);
      const invoice = await gateway
        .issueInvoice(order, wording, { isFirst })
        .catch(refusedAs(failures.invoiceRefused));
      await payments.setInvoice(order.id, invoice);
      await invoices.show(order, invoice, customer);
      if (gateway.facts.delivery === "pulls") await door.watch(order.gateway).catch(waitForTick);
    },

    /** Shows an invoice that is open already once more, at the end of the chat. */
    async showAgain(id: PaymentId): Promise<void> {
      await invoices.showAgain(id);
    },

    /** Puts into the invoice's message what has become of it. */
    showPayment: (id: PaymentId, state: PaymentState): Promise<void> =>
      invoices.showState(id, state),

    /** What the gateway knows of the invoice, where it can be asked. */
    async lookUp(order: PaymentOrder): Promise<Told[]> {
      const known = await payments.find(order.id);
      const reference = known?.invoice?.["reference"];
      if (reference === undefined) return [];
      const lines = await failing(() => gateways.get(order.gateway)).lookup(order, reference);
      return lines.map(({ report, evidence }) => {
        return { gateway: order.gateway, report, evidence, by: "reconciliation" };
      });
    },

    keepReport: (id: PaymentId, told: Told): Promise<void> => settlement.keepOnce(id, told),

    settle: (
      order: PaymentOrder,
      said: { key: string; report: GatewayReport },
      now: Instant,
    ): Promise<readonly Consequence[]> => settlement.settleOnce(order, said, now),

    closePayment: (id: PaymentId, state: PaymentState, now: Instant): Promise<PaymentState> =>
      payments.closeOnce(id, state, now),

    creditInstead: (order: PaymentOrder): Promise<void> => settlement.creditInsteadOnce(order),

    /** Money that nobody was asked for: kept, and an admin decides. False: it was kept before. */
    keepUnmatched: (id: PaymentId, told: Told, step: string): Promise<boolean> =>
      unmatched.keepOnce(id, told, step),

    async resolveUnmatched(resolution: Resolution, now: Instant): Promise<Resolved> {
      const { what, gateway } = resolution;
      if (what.kind === "refund" && !givesBack(gateway)) return { kind: "notPossible" };
      return unmatched.resolveOnce(resolution, now);
    },

    closeUnmatchedRefund: (refund: UnmatchedRefund, how: "returned" | "refused"): Promise<void> =>
      unmatched.closeRefund(refund, how),

    /** Whether the gateway gives whole charges back. */
    canRefund: async (name: GatewayName): Promise<boolean> => givesBack(name),

    async tellAdmins(notice: AdminNotice): Promise<void> {
      const admins = await customers.admins();
      await Promise.all(
        admins.map(async (admin) => {
          const html = renderAdminNotice(admin.language, notice);
          await outbox.send(admin, { kind: "text", html });
        }),
      );
    },
  };

  function givesBack(name: GatewayName): boolean {
    return refundsOf(gateways, name) !== "none";
  }
}

/** Without a watch of its own the invoice is seen by the next tick. */
function waitForTick(error: unknown): void {
  log.warn("the gateway's tick could not be brought forward", { reason: String(error) });
}

/** A gateway that is not configured (any more) is a refusal like any other. */
function failing(find: () => PaymentGateway): PaymentGateway {
  try {
    return find();
  } catch (error) {
    return refusedAs(failures.invoiceRefused)(error);
  }
}
