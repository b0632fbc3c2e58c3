import { expect } from "vitest";
import { money } from "../../domain/money.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import type { TestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

/** Stores the history of a workflow under a name. */
type Keep = (workflowId: string, name: string) => Promise<void>;

/** Records a plan that renews itself from the balance, and a subscription in Stars that ends. */
export async function recordRenewals(app: TestApp, keep: Keep): Promise<void> {
  const person = await app.customer();
  const customer = new TestCustomer(app, person);
  const order = await customer.order();
  await customer.pay(order, money(order.price.minor * 2, "RUB"));
  await person.waitForMessage(/Paid\. Your access/u);
  const calendar = await app.subscriptionOf(person);
  const { subscriptionId: of } = order;
  await app.rows("update subscriptions set paid_until = now() + interval '3 hours' where id = ?", [
    of,
  ]);
  // No gateway of this app is Telegram, so that the workflow that tells it goes on trying.
  await app.rows(
    `insert into star_subscriptions (order_id, subscription_id, reference, since, until, state)
     values (?, ?, 'first', now(), now() + interval '30 days', 'active')`,
    [order.id, of],
  );
  // What is chosen next outweighs it, so that the card is removed.
  await app.rows(
    `insert into card_consents (order_id, subscription_id, gateway, state, since)
     values (?, ?, 'memory', 'awaited', now())`,
    [order.id, of],
  );
  await person.send("/renewal");
  await person.pressButton(/^renew-by:balance:RUB$/u);
  await person.pressButton(/^renew-agree:balance:/u);
  await person.waitForMessage(/🔁 Renewed/u);
  const [request] = await app.rows<{ request_id: string }>(
    "select request_id from audit_log where act = 'renewal' order by at desc limit 1",
  );
  await keep(workflowIds.renewalChange(request!.request_id), "renewalChange");
  const stars = app.client.workflow.getHandle(workflowIds.starSubscription(of));
  await eventually(async () => {
    expect((await stars.describe()).raw.pendingActivities).toHaveLength(1);
  });
  await keep(stars.workflowId, "starSubscription");
  const card = app.client.workflow.getHandle(workflowIds.savedCard(of));
  await eventually(() => card.result());
  await keep(card.workflowId, "savedCard");
  await keep(calendar, "subscription.renewed");
  const [renewal] = await app.rows<{ id: string; state: string }>(
    "select id, state from payments where subscription_id = ? and recurs = 'renews'",
    [of],
  );
  expect(renewal?.state).toBe("settled");
  const handle = app.client.workflow.getHandle(`payment:${renewal!.id}`);
  await eventually(() => handle.result());
  await keep(`payment:${renewal!.id}`, "payment.renewed");
}
