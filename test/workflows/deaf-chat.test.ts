import { afterEach, expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { dayMs } from "../../domain/time.ts";
import { peersOf, waitForState } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { breakTelegram, mendTelegram, type TelegramFault } from "../drivers/telegram-faults.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();
const rub = (minor: number) => money(minor, "RUB");

afterEach(() => mendTelegram(app));

test.each<[string, Omit<TelegramFault, "chat_id">]>([
  ["answers 429 without end", { kind: "429", retry_after: 2 }],
  ["cannot be reached", { kind: "502" }],
])(
  "a chat that %s delays only its own messages: both parts of a price buy the time",
  async (_what, fault) => {
    const deaf = new TestCustomer(app, await app.customer());
    const other = new TestCustomer(app, await app.customer());
    const before = await deaf.paidUntil();
    const order = await deaf.order();
    await breakTelegram(app, { ...fault, chat_id: deaf.person.id });
    await deaf.pay(order, rub(20_000));
    await deaf.pay(order, rub(10_000));
    expect(await deaf.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
    expect(await deaf.paidUntil()).toBe(before + 30 * dayMs);
    expect(await deaf.listAccounts(order.id)).toEqual({
      "gateway:memory": 30_000,
      revenue: -30_000,
    });

    const otherOrder = await other.order();
    await other.pay(otherOrder);
    await other.person.waitForMessage(/Paid\. Your access/u);
    await mendTelegram(app);
    await deaf.person.waitForMessage(/100 ₽ is missing/u);
    await deaf.person.waitForMessage(/Paid\. Your access/u);
  },
);

test("a person whose chat never takes a message is let in, and their access ends on time", async () => {
  const bob = app.person();
  const admin = await app.admin();
  await bob.askForAccess();
  await breakTelegram(app, { kind: "429", retry_after: 60, chat_id: bob.id });
  await admin.pressButton(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await waitForState(app, bob, "active", 1);
  await app.pass(await app.subscriptionOf(bob), 4 * dayMs);
  await waitForState(app, bob, "expired", 0);
  expect(await peersOf(app, bob)).toEqual([]);
});

test("an admin whose chat takes no message decides nothing away from the others", async () => {
  const bob = app.person();
  const admin = await app.admin();
  await breakTelegram(app, { kind: "429", retry_after: 2, chat_id: admin.id });
  await bob.askForAccess();
  await mendTelegram(app);
  await admin.pressButton(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await eventually(async () => expect(await bob.listKeys()).toHaveLength(1));
});
