import { expect, test } from "vitest";
import { firstEnd } from "../../../domain/access/limit-period.ts";
import { languages } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import { bytesIn, dayIn, textsIn } from "../../../texts/index.ts";
import { peersOf } from "../../drivers/access.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { limitedPlan } from "../../drivers/shop.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { adminSpeaking, asShown, customerSpeaking } from "../people.ts";

const gb = 2 ** 30;
const memory = memoryGateway();
const app = useTestApp({
  gateways: starsAnd(memory),
  plans: [{ ...limitedPlan, limitPeriod: "calendar", packsEnd: "period" }],
});

async function waitForUsed(bytes: number, { id }: Person): Promise<void> {
  const rows = await app.rows<{ moved: number }>(
    `select s.moved_bytes::float8 as moved from subscriptions s
       join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [id],
  );
  expect(rows).toEqual([{ moved: bytes }]);
}

test.each(languages)(
  "a plan for each month says so, and so do usage and a pack that ends with the month (%s)",
  async (language) => {
    const { access, payments } = textsIn(language);
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    const { person } = bob;
    const page = await bob.pickPlan("small");
    expect(page.text).toMatch(language === "en" ? /5 GB of traffic each month/u : /5 ГБ в месяц/u);
    await bob.settle(memory, await bob.buy("small", "memory", "RUB"));
    await eventually(async () => {
      expect((await bob.listOrders()).map(({ state }) => state)).toEqual(["settled"]);
    });
    const now = instant(new Date());
    const end = dayIn({ language, zone: "UTC" }, firstEnd("calendar", { now, zone: "UTC" }), now);
    await person.send("/usage");
    const used = [bytesIn(language, 0), bytesIn(language, 5 * gb)] as const;
    await person.waitForMessage(asShown(access.traffic.allowance(...used, end)));
    const [key] = await eventually(async () => {
      const there = await peersOf(app, person);
      expect(there).toHaveLength(1);
      return there;
    });
    app.host.carry(key!, 0, 4.5 * gb);
    await person.waitForMessage(asShown(end));
    await eventually(() => waitForUsed(4.5 * gb, person));
    await person.send("/usage");
    await person.pressButton(/^add-on:traffic$/u);
    const words = payments.addOn.trafficPage(bytesIn(language, 10 * gb), end);
    await person.waitForMessage(asShown(words.split("\n")[1]!));
  },
);

test.each(languages)("an administrator chooses what the traffic is for (%s)", async (language) => {
  const { plans } = textsIn(language).operations;
  const admin = await adminSpeaking(app, language);
  await admin.send("/admin");
  for (const data of [/^plans-edit$/u, /^plan-edit:small$/u, /^plan-part:small:limits$/u]) {
    await admin.pressButton(data);
  }
  await admin.waitForMessage(asShown(plans.names.period));
  await admin.pressButton(/^plan-field:small:period/u);
  await admin.waitForMessage(asShown(plans.about.period));
  const mode = language === "en" ? "month" : "purchase";
  await admin.pressButton(new RegExp(`:small:period:${mode}`, "u"));
  await eventually(async () => {
    const rows = await app.rows<{ period: string | null }>(
      "select limit_period as period from plans where code = 'small' order by version desc limit 1",
    );
    expect(rows).toEqual([{ period: mode === "purchase" ? null : mode }]);
  });
});
