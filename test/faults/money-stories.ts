import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Database } from "../../db/orm.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type {
  GatewayName,
  GatewayReport,
  PaymentId,
  Purchase,
  Told,
} from "../../domain/payment.ts";
import type { PlanCode } from "../../domain/plan.ts";
import { hourMs, instant } from "../../domain/time.ts";
import type { Resolution } from "../../domain/unmatched.ts";
import { reportTo, taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { payment, reconciliation, refund, unmatched } from "../../workflows/index.ts";
import { eventually } from "../support/eventually.ts";
import type { TestNamespace } from "../support/namespace.ts";
import type { Person } from "../support/person.ts";
import { advance } from "../support/time-skipping.ts";

export const adminId = 1001;
const price = money(3_500_000, "USDT");
const gateway = "cryptobot" as GatewayName;
const patience = 300_000;

/** Where the stories are played. */
export interface Scene {
  readonly temporal: TestNamespace;
  readonly books: Database;
  readonly cryptobotUrl: string;
}

export interface Buying {
  readonly person: Person;
  /** Its digits stand in the id, so that a step that names the payment names the person. */
  readonly id: PaymentId;
}

/** Again and again until the worker, or the bot behind it, is there. */
export const until = <Result>(act: () => Promise<Result>) => eventually(act, patience);

/** What people do with money, over a product whose worker dies all the time. */
export class MoneyStories {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  rows<Row>(query: string, values: unknown[] = []): Promise<Row[]> {
    return this.#scene.books.em.fork().execute<Row[]>(query, values);
  }

  #ended(workflowId: string): Promise<void> {
    return until(async () => {
      const { status } = await this.#scene.temporal.client.workflow
        .getHandle(workflowId)
        .describe();
      expect(status.name).toBe("COMPLETED");
    });
  }

  async #buys({ person, id }: Buying, as = id): Promise<void> {
    const purchase: Purchase = {
      telegramId: telegramId(person.id),
      plan: "month" as PlanCode,
      planVersion: 1,
      gateway,
      currency: "USDT",
    };
    await this.#scene.temporal.client.workflow.start<typeof payment>("payment", {
      taskQueue,
      workflowId: workflowIds.payment(as),
      args: [as, purchase],
    });
  }

  #invoiced({ id }: Buying) {
    return until(async () => {
      const [row] = await this.rows<{ reference: string; subscription: string }>(
        `select invoice_reference as reference, subscription_id as subscription
         from payments where id = ? and message_id is not null`,
        [id],
      );
      if (row === undefined) throw new Error(`${id} has no invoice`);
      return row;
    });
  }

  async #told({ id }: Buying, report: GatewayReport): Promise<void> {
    const said: Told = { gateway, report, evidence: JSON.stringify(report), by: "gateway" };
    const { workflow } = this.#scene.temporal.client;
    await workflow.signalWithStart<typeof payment, [Told]>("payment", reportTo(id, said));
  }

  #settled({ id }: Buying): Promise<void> {
    return until(async () => {
      const grants = await this.rows("select 1 from grants where cause = ?", [`payment/${id}`]);
      expect(grants).toHaveLength(1);
      await this.#ended(workflowIds.payment(id));
    });
  }

  /** With a surplus, so that the customer is told more than one thing. */
  async pays(buying: Buying): Promise<void> {
    await this.#buys(buying);
    const { reference } = await this.#invoiced(buying);
    await this.#told(buying, paid(reference, money(price.minor + 1, "USDT")));
    await this.#settled(buying);
  }

  async lapses(buying: Buying): Promise<void> {
    await this.#buys(buying);
    await this.#invoiced(buying);
    const workflowId = workflowIds.payment(buying.id);
    const { connection, namespace } = this.#scene.temporal;
    await until(() => advance(connection, namespace, { workflowId, ms: 25 * hourMs }));
    await this.#ended(workflowId);
  }

  async asksTwice(buying: Buying): Promise<void> {
    await this.#buys(buying);
    await this.#invoiced(buying);
    // The same digits in front: the second wish is the same person's.
    const again = `${buying.id.slice(0, 8)}${randomUUID().slice(8)}` as PaymentId;
    await this.#buys(buying, again);
    await this.#ended(workflowIds.payment(again));
  }

  async paysTwice(buying: Buying): Promise<void> {
    await this.pays(buying);
    const second = `${buying.person.id}-second`;
    await this.#told(buying, paid(second));
    await this.#ended(workflowIds.payment(buying.id));
    await this.#ended(`${workflowIds.refund(buying.id)}:${second}`);
  }

  async isRefunded(buying: Buying): Promise<void> {
    await this.pays(buying);
    const by = telegramId(adminId);
    const requestId = `refund-${buying.person.id}`;
    await this.#scene.temporal.client.workflow.start<typeof refund>("refund", {
      taskQueue,
      workflowId: workflowIds.refund(buying.id),
      args: [{ requestId, paymentId: buying.id, amount: price, reason: "test", by }],
    });
    await this.#ended(workflowIds.refund(buying.id));
  }

  async paysForNothing(buying: Buying): Promise<void> {
    const reference = `${buying.person.id}-of-nobody`;
    await this.#told(buying, paid(reference));
    await this.#ended(workflowIds.payment(buying.id));
    const what = { kind: "give", customer: telegramId(buying.person.id) } as const;
    await this.#decided(buying, { reference, what });
  }

  async isSentBack(buying: Buying): Promise<void> {
    const reference = `${buying.person.id}-of-nobody`;
    const report = { ...paid(reference), payer: telegramId(buying.person.id) };
    await this.#told(buying, report);
    await this.#ended(workflowIds.payment(buying.id));
    await this.#decided(buying, { reference, what: { kind: "refund" } });
  }

  async #decided(
    buying: Buying,
    { reference, what }: Pick<Resolution, "reference" | "what">,
  ): Promise<void> {
    const requestId = `${what.kind}-${buying.person.id}`;
    await this.#scene.temporal.client.workflow.start<typeof unmatched>("unmatched", {
      taskQueue,
      workflowId: workflowIds.unmatched(requestId),
      args: [{ requestId, by: telegramId(adminId), gateway, reference, what }],
    });
    await this.#ended(workflowIds.unmatched(requestId));
  }

  async paysWithoutSubscription(buying: Buying): Promise<void> {
    await this.#buys(buying);
    const { reference, subscription } = await this.#invoiced(buying);
    await this.#scene.temporal.client.workflow
      .getHandle(`subscription:${subscription}`)
      .terminate("gone");
    await this.#told(buying, paid(reference));
    await this.#ended(workflowIds.payment(buying.id));
  }

  /** Pays where nobody tells us: the tick that finds it is killed as well. */
  async isFound(buying: Buying): Promise<void> {
    await this.#buys(buying);
    const { reference } = await this.#invoiced(buying);
    await fetch(`${this.#scene.cryptobotUrl}/control/pay`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ invoice_id: Number(reference) }),
    });
    await until(async () => {
      await this.#scene.temporal.client.workflow
        .start<typeof reconciliation>("reconciliation", {
          taskQueue,
          workflowId: workflowIds.reconciliation(gateway),
          workflowIdConflictPolicy: "USE_EXISTING",
          args: [gateway],
        })
        .then((handle) => handle.result());
      expect(
        await this.rows("select 1 from grants where cause = ?", [`payment/${buying.id}`]),
      ).toHaveLength(1);
    });
  }
}

const paid = (reference: string, amount = price) => {
  return { kind: "paid", reference, paid: amount, at: instant(new Date()) } as const;
};
