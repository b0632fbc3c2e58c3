import { afterAll, beforeAll, expect, test } from "vitest";
import {
  adminId,
  bothDeathsOf,
  FragileProduct,
  retryUntilDone,
  signUp,
} from "./fragile-product.ts";

const requestId = "give-it-back";
const deaths = [
  ...bothDeathsOf(requestId, "recordHostChange"),
  ...bothDeathsOf("give-back", "giveTimeBack"),
];
const people = [720_001, 720_002, 720_003];
let product: FragileProduct;
beforeAll(async () => {
  product = await FragileProduct.open(deaths, { AUTO_APPROVE: "true" });
});
afterAll(() => product?.close());

test("the time of a maintenance is given back once to each, and each is told once, although the worker is killed at the start and at the end of its steps", async () => {
  await product.person(adminId).send("/start");
  for (const id of people) await signUp(product.person(id));
  const of = await product.findFirstHost();
  await product.changeHost({ kind: "beginMaintenance", hostId: of, texts: {} }, "begin");
  await product.changeHost({ kind: "endMaintenance", hostId: of }, "end");
  const [made] = await product.rows<{ id: string }>("select id from host_maintenances");
  const giveBack = { kind: "giveBack", hostId: of, maintenanceId: made!.id } as const;
  // Two admins at once.
  await Promise.all([
    product.changeHost(giveBack, requestId),
    product.changeHost(giveBack, "another-admin"),
  ]);
  await retryUntilDone(async () => {
    const rows = await product.rows("select give_back from host_maintenances");
    expect(rows).toEqual([{ give_back: "done" }]);
  });
  await retryUntilDone(async () => product.checkAllDeathsHappened());
  const lots = await product.rows(
    `select c.telegram_id, count(*)::int as lots, bool_and(t.ms = g.ms) as equal,
            bool_and(t.ms = extract(epoch from m.ended_at - m.started_at) * 1000) as whole
       from time_lots t join subscriptions s on s.id = t.subscription_id
       join customers c on c.id = s.customer_id
       join give_backs g on g.subscription_id = s.id
       join host_maintenances m on m.id = g.maintenance_id
      where t.kind = 'maintenance' group by 1 order by 1`,
  );
  const once = { lots: 1, equal: true, whole: true };
  expect(lots).toEqual(people.map((id) => ({ telegram_id: id, ...once })));
  for (const id of people) {
    await retryUntilDone(() =>
      product.person(id).waitForMessage(/time of the maintenance is back/u),
    );
  }
  await product.checkEverythingAgrees();
  for (const id of people) await product.checkSentOnce(product.person(id));
}, 900_000);
