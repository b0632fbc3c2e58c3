import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import { languages } from "../../../domain/people/customer.ts";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import type { Invoice } from "../../../gateways/payments/port.ts";
import { textsIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { TestCustomer } from "../../drivers/test-customer.ts";
import { BotCustomer } from "../bot-customer.ts";
import { asShown, customerSpeaking } from "../people.ts";

/** Paid from a wallet, where nothing holds a person to the price. */
class WalletGateway extends MemoryPaymentGateway {
  override async issueInvoice(order: PaymentOrder): Promise<Invoice> {
    const { reference } = await super.issueInvoice(order);
    const url = `https://wallet.invalid/${order.memo}?amount=${order.price.minor}`;
    return { kind: "transfer", reference, address: "UQaddress", comment: order.memo, url };
  }
}

const gateway = new WalletGateway({ currencies: ["RUB"] });
const app = useTestApp({ gateways: () => [gateway] });

test.each(languages)(
  "an invoice asks for what is missing once a part has come, and a surplus of parts is told (%s)",
  async (language) => {
    const { invoice, balance } = textsIn(language).payments;
    const person = await customerSpeaking(app, language);
    const bob = new BotCustomer(app, person);
    const id = await bob.buy("month", "memory", "RUB");
    const customer = new TestCustomer(app, person);
    const rub = (minor: number) => moneyIn(language, money(minor, "RUB"));
    const order = await customer.waitForInvoice(id);
    await customer.pay(order, money(20_000, "RUB"));
    await person.waitForMessage(asShown(balance.underpaid(rub(20_000), rub(10_000))));
    await eventually(async () => {
      const keys = (await person.chat()).flatMap(({ reply_markup: markup }) =>
        (markup?.inline_keyboard ?? []).flat(),
      );
      const pay = keys.filter(({ url }) => url?.startsWith("https://wallet.invalid"));
      expect(pay.map(({ text, url }) => [text, url?.split("?")[1]])).toEqual([
        [invoice.pay(rub(10_000)), "amount=10000"],
      ]);
    });
    await customer.pay(order, money(15_000, "RUB"));
    await person.waitForMessage(asShown(balance.surplus(rub(5_000))));
  },
);
