import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { money } from "../../../../domain/money.ts";
import { addMs, dayMs, instant } from "../../../../domain/time.ts";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerFixture } from "../../../drivers/reconciler-fixture.ts";
import { aboutPayment, paid, referenceOf, StatementGateway } from "../../../drivers/statements.ts";

const books = useDatabase();
let fixture: ReconcilerFixture;

beforeEach(() => {
  fixture = new ReconcilerFixture(books);
});

test("10,000 lines about one open order are a few hundred signals, and the cursor reaches the end", async () => {
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway);
  fixture = new ReconcilerFixture(books, false);
  gateway.rows.push(
    ...Array.from({ length: 10_000 }, () => paid({ about: aboutPayment(order.id) })),
  );
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events).toHaveLength(10_000);
  expect(fixture.workflows.calls).toBeLessThanOrEqual(300);
  await fixture.workflows.catchUp();
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events).toHaveLength(10_000);
  expect(await fixture.cursor(gateway.capabilities.account)).toMatchObject({ cursor: "10000" });
});

test("10,000 unmatched transfers of dust start no workflow; one that names an order is reported", async () => {
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway);
  const dust = money(50, "RUB");
  gateway.rows.push(...Array.from({ length: 10_000 }, () => paid({ amount: dust })));
  const named = paid({ amount: dust, about: { kind: "memo", memo: order.memo } });
  gateway.rows.push(named);
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events).toMatchObject([{ id: order.id, evidence: named.evidence }]);
  const [found] = await fixture.db
    .selectFrom("findings")
    .select((is) => is.fn.countAll<number>().as("dust"))
    .where("gateway", "=", gateway.capabilities.name)
    .where("kind", "=", "dust")
    .execute();
  expect(found?.dust).toBe(10_000);
});

test("an account's past is skipped, and admins are notified once of how much; our orders' lines are not", async () => {
  const admin = await fixture.admin();
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway);
  fixture.startedAt = instant(new Date());
  const past = addMs(fixture.startedAt, -dayMs);
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
  const news = paid({ at: addMs(fixture.startedAt, 1_000) });
  gateway.rows.push(ours, news);
  await fixture.passOnce(gateway);
  // The first reading has ended when everything it found is booked.
  await fixture.passOnce(gateway);
  gateway.rows.push(paid({ at: past }));
  await fixture.passOnce(gateway);
  expect(fixture.workflows.references).toEqual([ours, news].map(referenceOf));
  expect(await fixture.cursor(gateway.capabilities.account)).toMatchObject({
    cursor: "254",
    skipped: 251,
  });
  const notices = (await fixture.notices("linesSkipped")).filter(({ to }) => to === admin);
  expect(notices).toMatchObject([{ gateway: gateway.capabilities.name, count: 251 }]);
});
