import type { Composer } from "telegraf";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { telegramId } from "../../../domain/ids.ts";
import { asPaymentId, type PaymentId } from "../../../domain/payments/payment.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, say, sendFile, show } from "../../request.ts";
import { adminsOnly } from "../admins-only.ts";
import { type List, mostListed, type Page, pageOf, searchedIn } from "../paging.ts";
import { shortNumber } from "./payment-lines.ts";
import { paymentButtons, paymentPage } from "./payment-pages.ts";

/** /payment: finds a payment by whatever is known of it, and shows its whole timeline. */
export function addPaymentDesk(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("payment", adminsOnly, async (context) => {
    context.handler = "payment";
    const { texts } = context;
    const wanted = tidyName(context.payload, "");
    if (!wanted) return say(context, texts.payments.payment.how);
    const found = await search(ports, wanted);
    const [first, ...others] = found;
    if (first === undefined) return say(context, texts.payments.payment.none);
    if (others.length === 0) return sayPayment(context, ports, first);
    const page = foundPage(context, found, { searched: wanted, number: 1 });
    await say(context, page.text, page.buttons);
  });
  bot.action(/^payments-found:(\d{1,4}):(.{1,64})$/u, adminsOnly, async (context) => {
    context.handler = "payment";
    const [, number = "", searched = ""] = context.match;
    const found = await search(ports, searched);
    if (found.length === 0) return answerPress(context, context.texts.payments.payment.none, true);
    const page = foundPage(context, found, { searched, number: Number(number) });
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  bot.action(/^payment:([0-9a-f-]{36})$/u, adminsOnly, async (context) => {
    context.handler = "payment";
    const payment = await paymentOf(ports, context.match[1]);
    if (payment === undefined)
      return answerPress(context, context.texts.payments.payment.none, true);
    answerPress(context);
    await sayPayment(context, ports, payment);
  });
  bot.action(/^payments-of:(\d{1,16})(?::(\d{1,4}))?$/u, adminsOnly, async (context) => {
    context.handler = "payments-of";
    const [, digits = "", page] = context.match;
    const id = Number(digits);
    const isPerson = Number.isSafeInteger(id) && id > 0;
    const found = isPerson
      ? await orUnavailable(ports.payments.of([telegramId(id)], mostListed))
      : [];
    const [first] = found;
    if (first === undefined) return answerPress(context, context.texts.payments.payment.none, true);
    const head = context.texts.payments.payment.ofCustomer(first.customer.name);
    const list = { head, name: `payments-of:${id}` };
    const { text, buttons } = choicePage(context, found, list, Number(page ?? 1));
    answerPress(context);
    // The customer's card stays where it is; a page of the list is turned in its place.
    await (page === undefined ? say : show)(context, text, buttons);
  });
  addDocument(bot, ports);
}

function foundPage(
  context: BotContext,
  found: readonly PaymentSummary[],
  { searched, number }: { readonly searched: string; readonly number: number },
): Page {
  const head = context.texts.payments.payment.found(found.length);
  const list = { head, name: "payments-found", about: searchedIn(searched) };
  return choicePage(context, found, list, number);
}

const choicePage = (
  context: BotContext,
  payments: readonly PaymentSummary[],
  list: Pick<List, "head" | "name" | "about">,
  number: number,
): Page => {
  const entries = paymentButtons(context, payments).map((row) => ({ buttons: [row] }));
  return pageOf({ ...list, entries, perPage: 10 }, number);
};

/** Every word that the gateways sent is in it, and all that was made of them. */
function addDocument(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.action(/^payment-json:([0-9a-f-]{36})$/u, adminsOnly, async (context) => {
    context.handler = "payment-json";
    const payment = await paymentOf(ports, context.match[1]);
    if (payment === undefined)
      return answerPress(context, context.texts.payments.payment.none, true);
    const timeline = await orUnavailable(ports.timelines.of(payment.id));
    answerPress(context);
    const source = Buffer.from(JSON.stringify({ payment, ...timeline }, null, 2));
    const filename = `payment-${shortNumber(payment)}.json`;
    await sendFile(context, { source, filename });
  });
}

async function search(
  { payments, customers }: BotPorts,
  wanted: string,
): Promise<readonly PaymentSummary[]> {
  const found = await orUnavailable(payments.matching(wanted));
  if (found.length > 0) return found;
  const whose = await orUnavailable(customers.search(wanted));
  const ids = whose.map(({ telegramId: id }) => id);
  return orUnavailable(payments.of(ids, mostListed));
}

export async function paymentOf(
  { payments }: BotPorts,
  text: string | undefined,
): Promise<PaymentSummary | undefined> {
  const id: PaymentId | undefined = asPaymentId(text ?? "");
  return id && orUnavailable(payments.find(id));
}

async function sayPayment(
  context: BotContext,
  { timelines }: BotPorts,
  payment: PaymentSummary,
): Promise<void> {
  const page = paymentPage(context, payment, await orUnavailable(timelines.of(payment.id)));
  await say(context, page.text, page.buttons);
}
