import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { languages } from "../../../domain/people/customer.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { TestCustomer } from "../../drivers/test-customer.ts";
import { customerSpeaking } from "../people.ts";

const app = useTestApp();

/** Creates a customer whose chargeback took money that was already spent. */
async function createDebtor(language: (typeof languages)[number]): Promise<TestCustomer> {
  const customer = new TestCustomer(app, await customerSpeaking(app, language));
  const order = await customer.order({ plan: "family" });
  const part = await customer.pay(order, money(50_000, "RUB"));
  await eventually(async () => expect(await customer.balance()).toEqual({ RUB: 50_000 }));
  const bought = await customer.buy({ gateway: "balance" });
  expect(await customer.waitForEnd(bought)).toMatchObject({ kind: "settled" });
  const { reference, paid } = part.report as Extract<typeof part.report, { kind: "paid" }>;
  await customer.report(order.id, app.memory.giveBack(reference, paid, "chargedBack"));
  await eventually(async () => expect(await customer.balance()).toEqual({ RUB: -30_000 }));
  return customer;
}

const words = {
  en: { owed: /You owe 300 ₽/u, has: /Your balance/u },
  ru: { owed: /Ваш долг: 300 ₽/u, has: /Ваш баланс/u },
} as const;

test.each(languages)(
  "what a chargeback has made of a spent balance is a debt, to the customer and to an admin (%s)",
  async (language) => {
    const admin = await app.admin();
    const customer = await createDebtor(language);
    await customer.person.send("/balance");
    const { owed, has } = words[language];
    await customer.person.waitForMessage(owed);
    const received = (await customer.person.listTexts()).at(-1);
    expect(received).not.toMatch(has);
    expect(received).not.toContain("−");
    await admin.send(`/find ${customer.person.id}`);
    await admin.waitForMessage(/Balance: empty\n⚠️ Debt after a chargeback: 300 ₽/u);
  },
);
