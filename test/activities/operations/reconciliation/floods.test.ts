import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { money } from "../../../../domain/money.ts";
import { addMs, dayMs, instant } from "../../../../domain/time.ts";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerWorld } from "../../../drivers/reconciler-world.ts";
import { aboutPayment, paid, referenceOf, StatementGateway } from "../../../drivers/statements.ts";

const books = useDatabase();
let world: ReconcilerWorld;

beforeEach(() => {
  world = new ReconcilerWorld(books);
});

test("10,000 lines about one open order are a few hundred signals, and the cursor reaches the end", async () => {
  const gateway = new StatementGateway();
  const order = await world.order(gateway);
  world = new ReconcilerWorld(books, false);
  gateway.rows.push(
    ...Array.from({ length: 10_000 }, () => paid({ about: aboutPayment(order.id) })),
  );
  await world.passOnce(gateway);
  expect(world.workflows.events).toHaveLength(10_000);
  expect(world.workflows.calls).toBeLessThanOrEqual(300);
  await world.workflows.catchUp();
  await world.passOnce(gateway);
  expect(world.workflows.events).toHaveLength(10_000);
  expect(await world.cursor(gateway.capabilities.account)).toMatchObject({ cursor: "10000" });
});

test("10,000 unmatched transfers of dust start no workflow; one that names an order is reported", async () => {
  const gateway = new StatementGateway();
  const order = await world.order(gateway);
  const dust = money(50, "RUB");
  gateway.rows.push(...Array.from({ length: 10_000 }, () => paid({ amount: dust })));
  const named = paid({ amount: dust, about: { kind: "memo", memo: order.memo } });
  gateway.rows.push(named);
  await world.passOnce(gateway);
  expect(world.workflows.events).toMatchObject([{ id: order.id, evidence: named.evidence }]);
  const [found] = await world.db
    .selectFrom("findings")
    .select((is) => is.fn.countAll<number>().as("dust"))
    .where("gateway", "=", gateway.capabilities.name)
    .where("kind", "=", "dust")
    .execute();
  expect(found?.dust).toBe(10_000);
});

test("an account's past is skipped, and admins are notified once of how much; our orders' lines are not", async () => {
  const admin = await world.admin();
  const gateway = new StatementGateway();
  const order = await world.order(gateway);
  world.startedAt = instant(new Date());
  const past = addMs(world.startedAt, -dayMs);
  const back = {
    kind: "refunded",
    reference: randomUUID(),
    returned: money(30_000, "RUB"),
  } as const;
  gateway.rows.push(...Array.from({ length: 250 }, () => paid({ at: past })), {
    about: { kind: "nobody" },
    report: back,
    evidence: "back",
    at: past,
  });
  const ours = paid({ at: past, about: aboutPayment(order.id) });
  const news = paid({ at: addMs(world.startedAt, 1_000) });
  gateway.rows.push(ours, news);
  await world.passOnce(gateway);
  // The first reading has ended when everything it found is booked.
  await world.passOnce(gateway);
  gateway.rows.push(paid({ at: past }));
  await world.passOnce(gateway);
  expect(world.workflows.references).toEqual([ours, news].map(referenceOf));
  expect(await world.cursor(gateway.capabilities.account)).toMatchObject({
    cursor: "254",
    skipped: 251,
  });
  const notices = (await world.notices("linesSkipped")).filter(({ to }) => to === admin);
  expect(notices).toMatchObject([{ gateway: gateway.capabilities.name, count: 251 }]);
});
