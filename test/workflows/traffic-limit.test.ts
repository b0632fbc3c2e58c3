import { expect, test } from "vitest";
import { dayMs } from "../../domain/time.ts";
import { taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { traffic } from "../../workflows/index.ts";
import { Buyer } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { planFor } from "../support/orders.ts";
import { useStage } from "../support/stage.ts";

const gb = 2 ** 30;
const limited = { ...planFor("small", { RUB: 10_000 }), trafficLimitBytes: 5 * gb };
const stage = useStage({ plans: [limited, planFor("month", { RUB: 30_000 })] });

/** As the Schedule does it every 30 seconds. */
async function readCounters(): Promise<void> {
  await stage.client.workflow.execute<typeof traffic>("traffic", {
    taskQueue,
    workflowId: workflowIds.traffic(stage.hostId),
    args: [stage.hostId],
  });
}

async function moves(buyer: Buyer, bytes: number): Promise<void> {
  const [device] = await stage.rows<{ public_key: string }>(
    `select d.public_key from devices d join subscriptions s on s.id = d.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [buyer.person.id],
  );
  stage.host.carry(device!.public_key, 0, bytes);
  await readCounters();
}

const stateOf = async ({ person }: Buyer) => {
  const [row] = await stage.rows<{ state: string }>(
    `select s.state from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
    [person.id],
  );
  return row?.state;
};

const becomes = (buyer: Buyer, state: string) =>
  eventually(async () => expect(await stateOf(buyer)).toBe(state));

async function bought(buyer: Buyer, plan: string): Promise<void> {
  const order = await buyer.orders({ plan });
  await buyer.pays(order);
  await buyer.ends(order.id);
  await eventually(async () => expect(await buyer.grants(order.id)).toHaveLength(1));
}

const isLetIn = async (buyer: Buyer): Promise<boolean> => {
  const { peers } = await stage.host.list();
  const rows = await stage.rows<{ public_key: string }>(
    `select d.public_key from devices d join subscriptions s on s.id = d.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [buyer.person.id],
  );
  return rows.every(({ public_key: key }) => peers.some(({ publicKey }) => publicKey === key));
};

test("used up: access pauses, the customer is told, and a purchase brings new traffic on top of what was left", async () => {
  const buyer = new Buyer(stage, await stage.customer());
  await moves(buyer, 100 * gb);
  expect(await stateOf(buyer)).toBe("active");
  await bought(buyer, "small");
  await moves(buyer, 3 * gb);
  expect(await stateOf(buyer)).toBe("active");
  await bought(buyer, "small");
  await moves(buyer, 6 * gb);
  expect(await stateOf(buyer)).toBe("active");
  await buyer.person.say("/usage");
  await buyer.person.hears(/Of your plan's traffic: 6 GB of 7 GB/u);
  await moves(buyer, gb);
  await becomes(buyer, "exhausted");
  await buyer.person.hears(/traffic of your plan is used up/u);
  await eventually(async () => expect(await isLetIn(buyer)).toBe(false));
  await bought(buyer, "small");
  await becomes(buyer, "active");
  await eventually(async () => expect(await isLetIn(buyer)).toBe(true));
});

test("a plan without a limit lifts it, and the time of who is paused runs on", async () => {
  const buyer = new Buyer(stage, await stage.customer());
  await bought(buyer, "small");
  const until = await buyer.paidUntil();
  await moves(buyer, 5 * gb);
  await becomes(buyer, "exhausted");
  expect(await buyer.paidUntil()).toBe(until);
  await bought(buyer, "month");
  await becomes(buyer, "active");
  await moves(buyer, 500 * gb);
  expect(await stateOf(buyer)).toBe("active");
});

test("whoever is paused is told when the time ends as well", async () => {
  const buyer = new Buyer(stage, await stage.customer());
  await bought(buyer, "small");
  await moves(buyer, 5 * gb);
  await becomes(buyer, "exhausted");
  const subscription = await stage.subscriptionOf(buyer.person);
  await stage.pass(subscription, 40 * dayMs);
  await buyer.person.hears(/access has ended/u);
  expect(await stateOf(buyer)).toBe("expired");
});
