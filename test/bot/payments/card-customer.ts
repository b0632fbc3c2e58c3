import type { PaymentId } from "../../../domain/payments/payment.ts";
import { textsIn } from "../../../texts/index.ts";
import type { Language } from "../../../domain/people/customer.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { TestApp } from "../../drivers/test-app.ts";
import type { TestBank } from "../../drivers/tbank.ts";
import { BotCustomer } from "../bot-customer.ts";
import { customerSpeaking } from "../people.ts";

/** A renewal as the books have it. */
export interface RenewalRow {
  readonly id: PaymentId;
  readonly state: string;
  readonly charges: number;
}

/** A customer who has agreed to renew the month by card, and has paid for the first one. */
export async function buyByCard(app: TestApp, bank: TestBank, language: Language = "en") {
  const person = await customerSpeaking(app, language);
  const bob = new BotCustomer(app, person);
  const before = await bob.paidUntil();
  const page = await bob.choosePlan("month");
  await person.press(page.message_id, "begin-by:month:tbank:RUB");
  const { renewal } = textsIn(language).payments;
  const { messageId, data } = await person.button(new RegExp(`^${renewal.agree}$`, "u"));
  const consent = (await person.chat()).find(({ message_id: id }) => id === messageId)?.text ?? "";
  await person.press(messageId, data);
  const orderId = await eventually(async () => {
    const [row] = await app.rows<{ id: PaymentId; invoice_reference: string | null }>(
      `select p.id, p.invoice_reference from payments p join customers c on c.id = p.customer_id
        where c.telegram_id = ? and p.recurs = 'begins'`,
      [person.id],
    );
    if (!row?.invoice_reference) throw new Error("no invoice yet");
    return row.id;
  });
  const calendar = await app.subscriptionOf(person);
  const listRenewals = () =>
    app.rows<RenewalRow>(
      `select p.id, p.state, (select count(*)::int from charges where payment_id = p.id) as charges
         from payments p join customers c on c.id = p.customer_id
        where c.telegram_id = ? and p.recurs = 'renews' order by p.opened_at`,
      [person.id],
    );
  /** Pays the first month at the bank's form, and waits for the card. */
  const pay = async () => {
    await bank.pay(orderId);
    await eventually(async () => {
      const rows = await app.rows(
        "select 1 from card_consents where state = 'saved' and order_id = ?",
        [orderId],
      );
      if (rows.length === 0) throw new Error("the card is not saved yet");
    });
  };
  return { person, bob, before, orderId, calendar, listRenewals, pay, consent };
}
