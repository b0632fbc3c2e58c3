import { expect, test } from "vitest";
import type { TelegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import { eventKey } from "../../../domain/payments/event-key.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { useShop } from "../../drivers/shop.ts";

const shop = useShop(useDatabase());

/** The keys of the notices to a person, in the order in which they were written. */
async function noticesTo(person: TelegramId): Promise<string[]> {
  const rows = await shop.db
    .selectFrom("messages")
    .select("key")
    .where("telegramId", "=", person as number)
    .where("action", "=", "send")
    .orderBy("id")
    .execute();
  return rows.map(({ key }) => key);
}

test("a repeated decision notifies people once, under keys derived from its event", async () => {
  const order = await shop.order();
  const more = money(order.price.minor + 100, "RUB");
  const at = instant(new Date());
  const report: GatewayReport = { kind: "paid", reference: `m-${order.id}`, paid: more, at };
  await Promise.all([shop.decide(order, report), shop.decide(order, report)]);
  await shop.decide(order, [report, report]);
  const key = eventKey(order, report);
  expect(await noticesTo(order.telegramId)).toEqual([`${key}/time`]);
});
