import { afterEach, expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { dayMs } from "../../domain/time.ts";
import { peersOf, settles } from "../support/access.ts";
import { Buyer } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { useStage } from "../support/stage.ts";
import { breakTelegram, mendTelegram, type TelegramFault } from "../support/telegram-faults.ts";

const stage = useStage();
const rub = (minor: number) => money(minor, "RUB");

afterEach(() => mendTelegram(stage));

test.each<[string, Omit<TelegramFault, "chat_id">]>([
  ["answers 429 without end", { kind: "429", retry_after: 2 }],
  ["cannot be reached", { kind: "502" }],
])(
  "a chat that %s delays its own messages alone: both parts of a price buy the time",
  async (_what, fault) => {
    const [deaf, other] = [
      new Buyer(stage, await stage.customer()),
      new Buyer(stage, await stage.customer()),
    ];
    const before = await deaf.paidUntil();
    const order = await deaf.orders();
    await breakTelegram(stage, { ...fault, chat_id: deaf.person.id });
    await deaf.pays(order, rub(20_000));
    await deaf.pays(order, rub(10_000));
    expect(await deaf.ends(order.id)).toMatchObject({ kind: "settled" });
    expect(await deaf.paidUntil()).toBe(before + 30 * dayMs);
    expect(await deaf.booked(order.id)).toEqual({ "gateway:memory": 30_000, revenue: -30_000 });

    const otherOrder = await other.orders();
    await other.pays(otherOrder);
    await other.person.hears(/Payment received/u);
    await mendTelegram(stage);
    await deaf.person.hears(/100 ₽ too little/u);
    await deaf.person.hears(/Payment received/u);
  },
);

test("a person whose chat takes no message for ever is let in, and their access ends on time", async () => {
  const [bob, admin] = [stage.person(), await stage.admin()];
  await bob.asksForAccess();
  await breakTelegram(stage, { kind: "429", retry_after: 60, chat_id: bob.id });
  await admin.presses(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await settles(stage, bob, "active", 1);
  await stage.pass(await stage.subscriptionOf(bob), 4 * dayMs);
  await settles(stage, bob, "expired", 0);
  expect(await peersOf(stage, bob)).toEqual([]);
});

test("an admin whose chat takes no message decides nothing away from the others", async () => {
  const [bob, admin] = [stage.person(), await stage.admin()];
  await breakTelegram(stage, { kind: "429", retry_after: 2, chat_id: admin.id });
  await bob.asksForAccess();
  await mendTelegram(stage);
  await admin.presses(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await eventually(async () => expect(await bob.keys()).toHaveLength(1));
});
