import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import {
  reportEvents,
  resolveUnmatched,
  startPurchase,
  startRefund,
} from "../../client/payments.ts";
import { Customers } from "../../db/people/customers.ts";
import { telegramId } from "../../domain/ids.ts";
import { type Money, money } from "../../domain/money.ts";
import type {
  GatewayEvent,
  GatewayName,
  GatewayReport,
  PaymentId,
  Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { Resolution } from "../../domain/payments/unmatched.ts";
import { refundApprovalId } from "../../domain/people/approval.ts";
import { hourMs, instant } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Person } from "../drivers/person.ts";
import { ask } from "./gateway-drivers/control.ts";
import { adminId, type MortalProcesses, until } from "./mortal-processes.ts";

export const price = money(3_500_000, "USDT");
export const gateway = "cryptobot" as GatewayName;
/** Above this an admin has to agree to a refund. */
export const approvalAbove = money(3_000_000, "USDT");

export interface Buying {
  readonly person: Person;
  /** Its digits stand in the id, so that a step that names the payment names the person. */
  readonly id: PaymentId;
}

/** What people do with money, over a product whose worker dies all the time. */
export class MoneyStories {
  readonly #product: MortalProcesses;
  readonly #cryptobotUrl: string;

  constructor(product: MortalProcesses, cryptobotUrl: string) {
    this.#product = product;
    this.#cryptobotUrl = cryptobotUrl;
  }

  get #client() {
    return this.#product.temporal.client;
  }

  /** Begins a purchase and waits for its invoice. */
  async invoiced({ person, id }: Buying, as = id): Promise<string> {
    const purchase: Purchase = {
      telegramId: telegramId(person.id),
      plan: "month" as PlanCode,
      planVersion: 1,
      gateway,
      currency: "USDT",
    };
    const customer = await new Customers(this.#product.books.em).find(purchase.telegramId);
    if (customer === undefined) throw new Error(`${person.id} is not a customer`);
    await startPurchase(new DurableClient(this.#client), as, purchase, customer.id);
    return until(() => this.#referenceOf(as));
  }

  async #referenceOf(id: PaymentId): Promise<string> {
    const [row] = await this.#product.rows<{ reference: string | null }>(
      "select invoice_reference as reference from payments where id = ?",
      [id],
    );
    if (!row?.reference) throw new Error(`${id} has no invoice`);
    return row.reference;
  }

  /** What a webhook does with a gateway's word. */
  async report({ id }: Pick<Buying, "id">, report: GatewayReport): Promise<void> {
    const event: GatewayEvent = {
      gateway,
      report,
      evidence: JSON.stringify(report),
      source: "gateway",
    };
    await until(() => reportEvents(new DurableClient(this.#client), id, [event]));
  }

  async #settles({ id }: Buying): Promise<void> {
    await until(async () => {
      const lots = await this.#product.rows("select 1 from time_lots where cause = ?", [
        `payment/${id}`,
      ]);
      expect(lots).toHaveLength(1);
    });
    await this.#product.waitForEnd(workflowIds.payment(id));
  }

  async pays(buying: Buying): Promise<string> {
    const reference = await this.invoiced(buying);
    await this.report(buying, paid(reference));
    await this.#settles(buying);
    return reference;
  }

  /** A message tells another amount than the price: the gateway itself says what was paid. */
  async isConfirmed(buying: Buying): Promise<void> {
    const reference = await this.invoiced(buying);
    await this.#payAtGateway(reference);
    await this.report(buying, paid(reference, money(price.minor + 1, "USDT")));
    await this.#settles(buying);
  }

  async lapses(buying: Buying): Promise<void> {
    await this.invoiced(buying);
    await this.#product.pass(workflowIds.payment(buying.id), 25 * hourMs);
    await this.#product.waitForEnd(workflowIds.payment(buying.id));
  }

  /** The gateway does not answer, until the customer has been told that it takes longer. */
  async waitsForInvoice(buying: Buying): Promise<void> {
    await this.pays(buying);
  }

  async paysTwice(buying: Buying): Promise<void> {
    await this.pays(buying);
    await this.report(buying, paid(`${buying.person.id}-second`));
    await this.#product.waitForEnd(workflowIds.payment(buying.id));
    await this.#allRefundsClosed(buying);
  }

  async #allRefundsClosed({ id }: Buying): Promise<void> {
    await until(async () => {
      const refunds = await this.#product.rows<{ request_id: string; state: string }>(
        "select request_id, state from refunds where payment_id = ?",
        [id],
      );
      expect(refunds).not.toEqual([]);
      for (const { request_id, state } of refunds) {
        if (state === "approved") await this.#askGatewayAgain(request_id);
        expect(["returned", "rejected"]).toContain(state);
      }
    });
  }

  /** Nobody waits for a pause of minutes here. */
  async #askGatewayAgain(requestId: string): Promise<void> {
    const refund = this.#client.workflow.getHandle(workflowIds.refund(requestId));
    await refund.signal("checkNow").catch(() => undefined);
  }

  async isRefunded(buying: Buying, amount = approvalAbove): Promise<void> {
    await this.pays(buying);
    await this.#asksForRefund(buying, amount);
    await this.#allRefundsClosed(buying);
  }

  async isRefundedWithApproval(buying: Buying): Promise<void> {
    await this.#isDecided(buying, "approve");
  }

  async isNotRefunded(buying: Buying): Promise<void> {
    await this.#isDecided(buying, "reject");
  }

  async #isDecided(buying: Buying, decision: "approve" | "reject"): Promise<void> {
    await this.pays(buying);
    const requestId = await this.#asksForRefund(buying, price);
    const admin = this.#product.person(adminId);
    const button = new RegExp(`^decide:${refundApprovalId(requestId)}:\\w+:${decision}$`, "u");
    await until(() => admin.pressButton(button));
    await this.#allRefundsClosed(buying);
  }

  async #asksForRefund({ person, id }: Buying, amount: Money): Promise<string> {
    const requestId = `refund-${person.id}`;
    const by = telegramId(adminId);
    const command = { requestId, paymentId: id, amount, reason: "test", by };
    await until(() => startRefund(new DurableClient(this.#client), command));
    return requestId;
  }

  /** The gateway is away until the admins have heard that a refund waits for it. */
  async waitsForGateway(buying: Buying): Promise<void> {
    await this.pays(buying);
    const requestId = await this.#asksForRefund(buying, approvalAbove);
    await until(async () => {
      await this.#askGatewayAgain(requestId);
      const told = await this.#product.rows("select 1 from messages where key like ?", [
        `refund/${requestId}/waits/%`,
      ]);
      expect(told).toHaveLength(1);
    });
    await this.#mendGateway();
    await this.#allRefundsClosed(buying);
  }

  async breakGateway(method: string): Promise<void> {
    await ask(`${this.#cryptobotUrl}/control/faults`, { kind: "502", method });
  }

  async #mendGateway(): Promise<void> {
    await fetch(`${this.#cryptobotUrl}/control/faults`, { method: "DELETE" });
  }

  /** The gateway answers again once this many customers have been told that their invoice takes longer. */
  async mendOnceDelayed(ids: readonly PaymentId[]): Promise<void> {
    await until(async () => {
      const keys = ids.map((id) => `payment/${id}/delayed`);
      const marks = keys.map(() => "?").join(",");
      expect(
        await this.#product.rows(`select 1 from messages where key in (${marks})`, keys),
      ).toHaveLength(ids.length);
    });
    await this.#mendGateway();
  }

  async paysForNothing(buying: Buying): Promise<void> {
    const reference = `${buying.person.id}-of-nobody`;
    await this.report(buying, paid(reference));
    await this.#product.waitForEnd(workflowIds.payment(buying.id));
    const what = { kind: "give", customer: telegramId(buying.person.id) } as const;
    await this.#resolve(buying, { reference, what });
  }

  async isSentBack(buying: Buying): Promise<void> {
    const reference = `${buying.person.id}-of-nobody`;
    await this.report(buying, { ...paid(reference), payer: telegramId(buying.person.id) });
    await this.#product.waitForEnd(workflowIds.payment(buying.id));
    await this.#resolve(buying, { reference, what: { kind: "refund" } });
  }

  async #resolve(
    buying: Buying,
    { reference, what }: Pick<Resolution, "reference" | "what">,
  ): Promise<void> {
    const requestId = `${what.kind}-${buying.person.id}`;
    const by = telegramId(adminId);
    const resolution = { requestId, by, gateway, reference, what };
    await until(() => resolveUnmatched(new DurableClient(this.#client), resolution));
    await this.#product.waitForEnd(workflowIds.unmatched(requestId));
  }

  /** Pays where nobody tells us: the reconciler, which is killed as well, finds it. */
  async isFound(buying: Buying): Promise<void> {
    await this.#payAtGateway(await this.invoiced(buying));
    await until(async () => {
      const reconciler = this.#client.workflow.getHandle(workflowIds.gateway(gateway));
      await reconciler.signal("checkNow");
      await this.#hasTime(buying);
    });
  }

  async #hasTime({ id }: Buying): Promise<void> {
    const lots = await this.#product.rows("select 1 from time_lots where cause = ?", [
      `payment/${id}`,
    ]);
    expect(lots).toHaveLength(1);
  }

  async #payAtGateway(reference: string): Promise<void> {
    await ask(`${this.#cryptobotUrl}/control/pay`, { invoice_id: Number(reference) });
  }
}

/** What the gateway says of a charge. */
export const paid = (reference: string, amount = price) =>
  ({ kind: "paid", reference, paid: amount, at: instant(new Date()) }) as const;

/** A payment's id that begins with a person's number. */
export const paymentIdOf = (person: number): PaymentId =>
  `${person}-0000-7000-8000-${randomUUID().slice(-12)}` as PaymentId;
