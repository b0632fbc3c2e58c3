import { beforeAll, expect, test } from "vitest";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import { bytesInGb } from "../../domain/payments/plan-change.ts";
import { instant } from "../../domain/time.ts";
import { auditBroken, insertAddOn, type Run } from "../drivers/broken-books.ts";
import { useDatabase } from "../drivers/database.ts";
import { useShop } from "../drivers/shop.ts";

const db = useDatabase();
const now = instant("2026-11-21T10:00:00Z");
const shop = useShop(db);
let pack: PaymentOrder;
let unpaid: PaymentOrder;

beforeAll(async () => {
  const plan = await shop.order({ plan: "small" });
  await pay(plan);
  const bought = { addOn: { kind: "traffic", bytes: 10 * bytesInGb }, minor: 4_000 } as const;
  pack = await shop.order({ person: plan.telegramId, addOn: bought });
  await pay(pack);
  unpaid = await shop.order({ plan: "month" });
});

const pay = (order: PaymentOrder) =>
  shop.decide(order, { kind: "paid", reference: order.id, paid: order.price, at: now });

/** Add-ons and the money for them, without each other; by what the audit then finds. */
const breaks: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  grantedWithoutMoney: (run) => run(insertAddOn, [unpaid.id, unpaid.subscriptionId]),
  notGranted: (run) => run("delete from add_ons where payment_id = ?", [pack.id]),
  wrongTaken: (run) => run("update add_ons set returned_minor = 1 where payment_id = ?", [pack.id]),
};

test("the books agree about what was bought beside a plan", async () => {
  expect(await auditBroken(db.owner.em, async () => undefined)).toEqual([]);
});

test.each(Object.entries(breaks))("the audit finds an add-on: %s", async (kind, breakIt) => {
  const found = await auditBroken(db.owner.em, ({ run }) => breakIt(run));
  expect(found.map((one) => one.kind)).toContain(kind);
});
