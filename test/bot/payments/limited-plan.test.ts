import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { limitedPlan, planFor } from "../../drivers/shop.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { asShown, customerSpeaking } from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({
  gateways: starsAnd(memory),
  plans: [
    { ...limitedPlan, deviceLimit: 3 },
    { ...planFor("month", { RUB: 30_000 }), order: 1 },
  ],
});

test.each(languages)(
  "whoever has bought traffic without a limit confirms a plan that limits it (%s)",
  async (language) => {
    const { purchase } = textsIn(language).payments;
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    const limited = asShown(purchase.trafficLimited(language === "en" ? "5 GB" : "5 ГБ"));
    // A trial is a gift: nobody has paid for its traffic.
    const first = await bob.pickPlan("small");
    expect(first.text).not.toMatch(limited);
    expect(JSON.stringify(first.reply_markup)).toContain('"buy:small');
    const before = await bob.paidUntil();
    await bob.settle(memory, await bob.buy("month", "memory", "RUB"));
    await eventually(async () => expect(await bob.paidUntil()).toBeGreaterThan(before));
    const page = await bob.pickPlan("small");
    expect(page.text).toMatch(limited);
    expect(JSON.stringify(page.reply_markup)).not.toContain('"buy:');
    const bought = await bob.paidUntil();
    await bob.settle(memory, await bob.buy("small", "memory", "RUB"));
    await eventually(async () => expect(await bob.paidUntil()).not.toBe(bought));
    // It is limited now: there is nothing left to lose.
    expect((await bob.pickPlan("small")).text).not.toMatch(limited);
  },
);
