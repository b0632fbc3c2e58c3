import { afterAll, beforeAll, expect, test } from "vitest";
import { findBoxKey, sealFor } from "../../db/sealed-box.ts";
import { queriesOf } from "../../db/orm.ts";
import { memorySettings } from "../drivers/memory-settings.ts";
import {
  adminId,
  bothDeathsOf,
  FragileProduct,
  retryUntilDone,
  signUp,
} from "./fragile-product.ts";

const requestId = "empty-the-host";
const deaths = [
  ...bothDeathsOf(requestId, "recordHostChange"),
  ...bothDeathsOf("migration", "moveFromHost"),
];
const people = [710_001, 710_002, 710_003];
let product: FragileProduct;
beforeAll(async () => {
  product = await FragileProduct.open(deaths, { AUTO_APPROVE: "true" });
});
afterAll(() => product?.close());

test("a host is emptied although the worker is killed at the start and at the end of its steps: each device moves once, and its owner has one new key", async () => {
  await product.person(adminId).send("/start");
  for (const id of people) await signUp(product.person(id));
  const key = await findBoxKey(queriesOf(product.books.em.fork()));
  const settings = sealFor(key!, JSON.stringify(memorySettings("10.79.0.0/20")), "add-spare");
  await product.changeHost(
    { kind: "add", name: "spare", capacity: 9, weight: 1, settings },
    "add-spare",
  );
  const from = await product.findFirstHost();
  await product.changeHost({ kind: "migrate", hostId: from, ratePerMinute: 60 }, requestId);
  await retryUntilDone(async () => {
    const rows = await product.rows("select state from host_migrations");
    expect(rows).toEqual([{ state: "done" }]);
  });
  await retryUntilDone(async () => product.checkAllDeathsHappened());
  const moved = await product.rows(
    `select c.telegram_id, count(*)::int as moved, count(a.given_at)::int as given
       from accesses a join subscriptions s on s.id = a.subscription_id
       join customers c on c.id = s.customer_id join hosts h on h.id = a.host_id
      where h.name = 'spare' and a.retired_at is null group by 1 order by 1`,
  );
  expect(moved).toEqual(people.map((id) => ({ telegram_id: id, moved: 1, given: 1 })));
  for (const id of people) {
    await retryUntilDone(() => product.person(id).waitForMessage(/moves to another server/u));
  }
  await product.checkEverythingAgrees();
  for (const id of people) await product.checkSentOnce(product.person(id));
}, 900_000);
