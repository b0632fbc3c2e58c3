import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { languages } from "../../../domain/people/customer.ts";
import { Buyer } from "../../support/buyer.ts";
import { eventually } from "../../support/eventually.ts";
import { useStage } from "../../support/stage.ts";
import { customerSpeaking } from "../people.ts";

const stage = useStage();

/** What a chargeback takes of money that has been spent. */
async function owing(language: (typeof languages)[number]): Promise<Buyer> {
  const buyer = new Buyer(stage, await customerSpeaking(stage, language));
  const order = await buyer.orders({ plan: "family" });
  const part = await buyer.pays(order, money(50_000, "RUB"));
  await eventually(async () => expect(await buyer.balance()).toEqual({ RUB: 50_000 }));
  const bought = await buyer.buys({ gateway: "balance" });
  expect(await buyer.ends(bought)).toMatchObject({ kind: "settled" });
  const { reference, paid } = part.report as Extract<typeof part.report, { kind: "paid" }>;
  await buyer.told(order.id, stage.memory.giveBack(reference, paid, "chargedBack"));
  await eventually(async () => expect(await buyer.balance()).toEqual({ RUB: -30_000 }));
  return buyer;
}

const words = {
  en: { owed: /You owe 300 ₽/u, has: /Your balance/u },
  ru: { owed: /Ваш долг: 300 ₽/u, has: /Ваш баланс/u },
} as const;

test.each(languages)(
  "what a chargeback has made of a spent balance is a debt, to the customer and to an admin (%s)",
  async (language) => {
    const admin = await stage.admin();
    const buyer = await owing(language);
    await buyer.person.say("/balance");
    const { owed, has } = words[language];
    await buyer.person.hears(owed);
    const heard = (await buyer.person.heard()).at(-1);
    expect(heard).not.toMatch(has);
    expect(heard).not.toContain("−");
    await admin.say(`/find ${buyer.person.id}`);
    await admin.hears(/Balance: empty\n⚠️ Debt, after a chargeback: 300 ₽/u);
  },
);
