import { expect } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import {
  cancelPayment,
  reportEvents,
  resolveUnmatched,
  showInvoice,
  startPurchase,
  startRefund,
} from "../../client/payments.ts";
import { Customers } from "../../db/people/customers.ts";
import { telegramId } from "../../domain/ids.ts";
import { type Money, money } from "../../domain/money.ts";
import {
  type GatewayEvent,
  type GatewayReport,
  type PaymentId,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { Resolution } from "../../domain/payments/unmatched.ts";
import { refundApprovalId } from "../../domain/people/approval.ts";
import { hourMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { adminId, type FragileProduct, retryUntilDone } from "./fragile-product.ts";
import { ask } from "./gateway-drivers/control.ts";
import { approvalAbove, gateway, paid, payAtGateway, type Payer, price } from "./money-facts.ts";
import { agreeToRenew } from "./renewal-scenario.ts";

/**
 * What each scenario leaves: time that its order has bought, an order without time, or a charge
 * that belongs to no order and so never buys time.
 */
export const outcomes = {
  pay: "time",
  payAnotherAmount: "time",
  letLapse: "no time",
  lookAgain: "time",
  cancel: "no time",
  payTwice: "time",
  payAndRefund: "time",
  refundWithApproval: "time",
  rejectRefund: "time",
  payForNoOrder: "no order",
  refundUnmatched: "no order",
  payAfterDelay: "time",
  refundAfterOutage: "time",
  payWithoutWebhook: "time",
  agreeToRenew: "time",
} as const satisfies Partial<Record<keyof MoneyScenarios, string>>;

/** The name of a scenario: a method of `MoneyScenarios`. */
export type MoneyScenario = keyof typeof outcomes;

/** Plays what customers and admins do with money, on a product whose worker dies meanwhile. */
export class MoneyScenarios {
  readonly #product: FragileProduct;
  readonly #cryptobotUrl: string;

  /** The product has to know the CryptoBot emulator at this URL, and the limit `approvalAbove`. */
  constructor(product: FragileProduct, cryptobotUrl: string) {
    this.#product = product;
    this.#cryptobotUrl = cryptobotUrl;
  }

  /** Pays an invoice, as the webhook reports. Returns the charge's reference. */
  async pay(payer: Payer): Promise<string> {
    const reference = await this.#openInvoice(payer);
    await this.report(payer, paid(reference));
    await this.#waitUntilSettled(payer);
    return reference;
  }

  /**
   * The webhook reports another amount than the price: the gateway itself is asked what was paid.
   */
  async payAnotherAmount(payer: Payer): Promise<void> {
    const reference = await this.#openInvoice(payer);
    await payAtGateway(this.#cryptobotUrl, reference);
    await this.report(payer, paid(reference, money(price.minor + 1, "USDT")));
    await this.#waitUntilSettled(payer);
  }

  /** Never pays. */
  async letLapse(payer: Payer): Promise<void> {
    await this.#openInvoice(payer);
    await this.#product.pass(workflowIds.payment(payer.id), 25 * hourMs);
    await this.#product.waitForEnd(workflowIds.payment(payer.id));
  }

  /** Asks for the invoice again before paying it. */
  async lookAgain(payer: Payer): Promise<void> {
    const reference = await this.#openInvoice(payer);
    const request = { requestId: `again-${payer.person.id}`, part: "invoice" } as const;
    await retryUntilDone(() => showInvoice(new DurableClient(this.#client), payer.id, request));
    await this.report(payer, paid(reference));
    await this.#waitUntilSettled(payer);
  }

  /** Cancels the order, which the gateway learns, too. */
  async cancel(payer: Payer): Promise<void> {
    await this.#openInvoice(payer);
    await retryUntilDone(() => cancelPayment(new DurableClient(this.#client), payer.id));
    await this.#product.waitForEnd(workflowIds.payment(payer.id));
  }

  /** The second charge buys nothing and is refunded. */
  async payTwice(payer: Payer): Promise<void> {
    await this.pay(payer);
    await this.report(payer, paid(`${payer.person.id}-second`));
    await this.#product.waitForEnd(workflowIds.payment(payer.id));
    await this.#waitUntilRefundsClosed(payer);
  }

  /** An admin refunds as much as needs no approval. */
  async payAndRefund(payer: Payer): Promise<void> {
    await this.pay(payer);
    await this.#requestRefund(payer, approvalAbove);
    await this.#waitUntilRefundsClosed(payer);
  }

  /** An admin refunds the whole price, which another one approves. */
  async refundWithApproval(payer: Payer): Promise<void> {
    await this.#decideRefund(payer, "approve");
  }

  /** As before, but the refund is rejected. */
  async rejectRefund(payer: Payer): Promise<void> {
    await this.#decideRefund(payer, "reject");
  }

  /**
   * A charge for an unknown payment is kept as unmatched, and an admin gives it to the customer.
   */
  async payForNoOrder(payer: Payer): Promise<void> {
    const reference = `${payer.person.id}-of-nobody`;
    await this.report(payer, paid(reference));
    await this.#product.waitForEnd(workflowIds.payment(payer.id));
    const what = { kind: "give", customer: telegramId(payer.person.id) } as const;
    await this.#resolve(payer, { reference, what });
  }

  /** As before, but an admin refunds it to its payer. */
  async refundUnmatched(payer: Payer): Promise<void> {
    const reference = `${payer.person.id}-of-nobody`;
    await this.report(payer, { ...paid(reference), payer: telegramId(payer.person.id) });
    await this.#product.waitForEnd(workflowIds.payment(payer.id));
    await this.#resolve(payer, { reference, what: { kind: "refund" } });
  }

  /** Pays once the gateway issues invoices again: see `breakGateway` and `mendOnceDelayed`. */
  async payAfterDelay(payer: Payer): Promise<void> {
    await this.pay(payer);
  }

  /** The gateway refunds nothing until the admins have been notified that a refund waits for it. */
  async refundAfterOutage(payer: Payer): Promise<void> {
    await this.pay(payer);
    const requestId = await this.#requestRefund(payer, approvalAbove);
    await retryUntilDone(async () => {
      await this.#retryRefund(requestId);
      const notices = await this.#product.rows("select 1 from messages where key like ?", [
        `refund/${requestId}/waits/%`,
      ]);
      expect(notices).toHaveLength(1);
    });
    await this.#mendGateway();
    await this.#waitUntilRefundsClosed(payer);
  }

  /**
   * Pays while no webhook is sent: the gateway's reconciler, which is killed too, finds the charge.
   */
  async payWithoutWebhook(payer: Payer): Promise<void> {
    await payAtGateway(this.#cryptobotUrl, await this.#openInvoice(payer));
    await retryUntilDone(async () => {
      const reconciler = this.#client.workflow.getHandle(workflowIds.gateway(gateway));
      await reconciler.signal("checkNow");
      await this.#checkHasTime(payer);
    });
  }

  /** Pays, and agrees to renew what was bought. */
  async agreeToRenew(payer: Payer): Promise<void> {
    await this.pay(payer);
    await agreeToRenew(this.#product, payer);
  }

  /** Reports an event to a payment, as a webhook does. */
  async report({ id }: Pick<Payer, "id">, report: GatewayReport): Promise<void> {
    const evidence = JSON.stringify(report);
    const event: GatewayEvent = { gateway, report, evidence, source: "gateway" };
    await retryUntilDone(() => reportEvents(new DurableClient(this.#client), id, [event]));
  }

  /** Makes the gateway answer 502 to this API method. */
  async breakGateway(method: string): Promise<void> {
    await ask(`${this.#cryptobotUrl}/control/faults`, { kind: "502", method });
  }

  /**
   * Ends the outage once all of these customers have been notified that their invoice takes longer.
   */
  async mendOnceDelayed(ids: readonly PaymentId[]): Promise<void> {
    await retryUntilDone(async () => {
      const keys = ids.map((id) => `invoice/${id}/delayed/invoice`);
      const marks = keys.map(() => "?").join(",");
      expect(
        await this.#product.rows(`select 1 from messages where key in (${marks})`, keys),
      ).toHaveLength(ids.length);
    });
    await this.#mendGateway();
  }

  get #client() {
    return this.#product.temporal.client;
  }

  /** Starts a purchase and waits for its invoice. Returns the invoice's reference. */
  async #openInvoice({ person, id }: Payer): Promise<string> {
    const plan = "month" as PlanCode;
    const choice = { plan, planVersion: 1, gateway, currency: "USDT" } as const;
    const purchase = { telegramId: telegramId(person.id), ...choice };
    const customer = await new Customers(this.#product.books.em).find(purchase.telegramId);
    if (customer === undefined) throw new Error(`${person.id} is not a customer`);
    await startPurchase(new DurableClient(this.#client), id, purchase, { customerId: customer.id });
    return retryUntilDone(async () => {
      const [row] = await this.#product.rows<{ reference: string | null }>(
        "select invoice_reference as reference from payments where id = ?",
        [id],
      );
      if (!row?.reference) throw new Error(`${id} has no invoice`);
      return row.reference;
    });
  }

  async #waitUntilSettled(payer: Payer): Promise<void> {
    await retryUntilDone(() => this.#checkHasTime(payer));
    await this.#product.waitForEnd(workflowIds.payment(payer.id));
  }

  async #checkHasTime({ id }: Payer): Promise<void> {
    const query = "select 1 from time_lots where cause = ?";
    expect(await this.#product.rows(query, [`payment/${id}`])).toHaveLength(1);
  }

  async #decideRefund(payer: Payer, decision: "approve" | "reject"): Promise<void> {
    await this.pay(payer);
    const requestId = await this.#requestRefund(payer, price);
    const admin = this.#product.person(adminId);
    const button = new RegExp(`^decide:${refundApprovalId(requestId)}:\\w+:${decision}$`, "u");
    await retryUntilDone(() => admin.pressButton(button));
    await this.#waitUntilRefundsClosed(payer);
  }

  async #requestRefund({ person, id }: Payer, amount: Money): Promise<string> {
    const requestId = `refund-${person.id}`;
    const by = telegramId(adminId);
    const command = { requestId, paymentId: id, amount, reason: "test", by };
    await retryUntilDone(() => startRefund(new DurableClient(this.#client), command));
    return requestId;
  }

  async #waitUntilRefundsClosed({ id }: Payer): Promise<void> {
    await retryUntilDone(async () => {
      const refunds = await this.#product.rows<{ request_id: string; state: string }>(
        "select request_id, state from refunds where payment_id = ?",
        [id],
      );
      expect(refunds).not.toEqual([]);
      for (const { request_id, state } of refunds) {
        if (state === "approved") await this.#retryRefund(request_id);
        expect(["returned", "rejected"]).toContain(state);
      }
    });
  }

  /** Skips the pause of minutes before a refund's next attempt. */
  async #retryRefund(requestId: string): Promise<void> {
    const refund = this.#client.workflow.getHandle(workflowIds.refund(requestId));
    await refund.signal("checkNow").catch(() => undefined);
  }

  async #mendGateway(): Promise<void> {
    await fetch(`${this.#cryptobotUrl}/control/faults`, { method: "DELETE" });
  }

  async #resolve(
    payer: Payer,
    { reference, what }: Pick<Resolution, "reference" | "what">,
  ): Promise<void> {
    const requestId = `${what.kind}-${payer.person.id}`;
    const by = telegramId(adminId);
    const resolution = { requestId, by, gateway, reference, what };
    await retryUntilDone(() => resolveUnmatched(new DurableClient(this.#client), resolution));
    await this.#product.waitForEnd(workflowIds.unmatched(requestId));
  }
}
