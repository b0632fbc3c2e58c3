import type { Composer } from "telegraf";
import type { PaymentSeen } from "../../db/readers/payments-seen.ts";
import { tidyName } from "../../domain/customer.ts";
import { telegramId } from "../../domain/ids.ts";
import { asPaymentId, type PaymentId } from "../../domain/payment.ts";
import type { BotContext, BotPorts } from "../context.ts";
import { answerPress, say } from "../request.ts";
import { reading } from "../unavailable.ts";
import { adminsOnly } from "./admins-only.ts";
import { shortNumber } from "./payment-lines.ts";
import { paymentButtons, paymentPage } from "./payment-pages.ts";

/** /payment: finds a payment by whatever is known of it, and shows its whole story. */
export function addPaymentDesk(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("payment", adminsOnly, async (context) => {
    context.handler = "payment";
    const { texts } = context;
    const wanted = tidyName(context.payload, "");
    if (!wanted) return say(context, texts.paymentHow);
    const found = await search(ports, wanted);
    const [first, ...others] = found;
    if (first === undefined) return say(context, texts.paymentNone);
    if (others.length === 0) return sayPayment(context, ports, first);
    await say(context, texts.paymentsFound(found.length), paymentButtons(context, found));
  });
  bot.action(/^payment:([0-9a-f-]{36})$/u, adminsOnly, async (context) => {
    context.handler = "payment";
    const payment = await paymentOf(ports, context.match[1]);
    if (payment === undefined) return answerPress(context, context.texts.paymentNone, true);
    await answerPress(context);
    await sayPayment(context, ports, payment);
  });
  bot.action(/^payments-of:(\d{1,16})$/u, adminsOnly, async (context) => {
    context.handler = "payments-of";
    const { texts } = context;
    const number = Number(context.match[1]);
    const isPerson = Number.isSafeInteger(number) && number > 0;
    const found = isPerson ? await reading(ports.payments.of([telegramId(number)])) : [];
    const [first] = found;
    if (first === undefined) return answerPress(context, texts.paymentNone, true);
    await answerPress(context);
    await say(context, texts.paymentsOf(first.customer.name), paymentButtons(context, found));
  });
  addDocument(bot, ports);
}

/** Every word that the gateways sent is in it, and all that was made of them. */
function addDocument(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.action(/^payment-json:([0-9a-f-]{36})$/u, adminsOnly, async (context) => {
    context.handler = "payment-json";
    const payment = await paymentOf(ports, context.match[1]);
    if (payment === undefined) return answerPress(context, context.texts.paymentNone, true);
    const story = await reading(ports.stories.of(payment.id));
    await answerPress(context);
    const source = Buffer.from(JSON.stringify({ payment, ...story }, null, 2));
    const filename = `payment-${shortNumber(payment)}.json`;
    await context.replyWithDocument({ source, filename });
  });
}

async function search(
  { payments, people }: BotPorts,
  wanted: string,
): Promise<readonly PaymentSeen[]> {
  const found = await reading(payments.matching(wanted));
  if (found.length > 0) return found;
  const whose = await reading(people.search(wanted));
  return reading(payments.of(whose.map(({ telegramId: id }) => id)));
}

export async function paymentOf(
  { payments }: BotPorts,
  text: string | undefined,
): Promise<PaymentSeen | undefined> {
  const id: PaymentId | undefined = asPaymentId(text ?? "");
  return id && reading(payments.find(id));
}

async function sayPayment(
  context: BotContext,
  { stories }: BotPorts,
  payment: PaymentSeen,
): Promise<void> {
  const page = paymentPage(context, payment, await reading(stories.of(payment.id)));
  await say(context, page.text, page.buttons);
}
