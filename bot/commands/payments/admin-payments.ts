import type { Composer } from "telegraf";
import { paymentPageUrl } from "../../../client/payments.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { orderNumber } from "../../../domain/payments/payment.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import {
  adminMenuButton,
  customerButton,
  paymentButton,
} from "../../../domain/messaging/buttons.ts";
import {
  foundPaymentsButton,
  paymentHistoryButton,
  paymentJsonButton,
  paymentsOfButton,
} from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, say, sendFile, show } from "../../request.ts";
import {
  type List,
  mostListed,
  type Page,
  pageOf,
  sayToStaff,
  searchedIn,
  withBack,
} from "../paging.ts";
import { onAdminButton, onAdminCommand } from "../register.ts";
import { itemName } from "./payment-lines.ts";
import { paymentEntries, paymentHistoryPage, paymentPage } from "./payment-pages.ts";

/** /payment: finds a payment by anything known of it, and shows its whole timeline. */
export function addAdminPayments(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminCommand(bot, "payment", async (context, payload) => {
    const { texts } = context;
    const wanted = tidyName(payload, "");
    if (!wanted) return sayToStaff(context, texts.payments.payment.how);
    const found = await search(ports, wanted);
    const [first, ...others] = found;
    if (first === undefined) return sayToStaff(context, texts.payments.payment.none);
    const page =
      others.length === 0
        ? await openPayment(context, ports, first)
        : foundPage(context, found, { searched: wanted, number: 1 });
    await say(context, page.text, page.buttons);
  });
  onAdminButton(
    bot,
    foundPaymentsButton,
    "payment",
    async (context, { page: number, searched }) => {
      const found = await search(ports, searched);
      if (found.length === 0)
        return answerPress(context, context.texts.payments.payment.none, true);
      const page = foundPage(context, found, { searched, number });
      answerPress(context);
      await show(context, page.text, page.buttons);
    },
  );
  onAdminButton(bot, paymentButton, "payment", async (context, { id, place }) => {
    const payment = id && (await orUnavailable(ports.payments.find(id)));
    if (payment === undefined)
      return answerPress(context, context.texts.payments.payment.none, true);
    answerPress(context);
    const page = await openPayment(context, ports, payment);
    await (place === "here" ? show : say)(context, page.text, page.buttons);
  });
  onAdminButton(bot, paymentHistoryButton, "payment-history", async (context, { id, page }) => {
    const payment = id && (await orUnavailable(ports.payments.find(id)));
    if (payment === undefined)
      return answerPress(context, context.texts.payments.payment.none, true);
    const timeline = await orUnavailable(ports.timelines.read(payment.id));
    answerPress(context);
    const { text, buttons } = paymentHistoryPage(context, payment, timeline, page);
    await show(context, text, buttons);
  });
  onAdminButton(bot, paymentsOfButton, "payments-of", async (context, { id, page }) => {
    const found =
      id === undefined ? [] : await orUnavailable(ports.payments.list([id], mostListed));
    const [first] = found;
    if (id === undefined || first === undefined)
      return answerPress(context, context.texts.payments.payment.none, true);
    const head = context.texts.payments.payment.ofCustomer(first.customer.name);
    const turnTo = (to: number) => paymentsOfButton.data({ id, page: to });
    const back = customerButton.data({ id, place: "here" });
    // The head has the customer's name: each line says what was ordered.
    const about = (payment: PaymentSummary) => itemName(context, payment);
    const list = { head, turnTo, back, about };
    const { text, buttons } = choicePage(context, found, list, page ?? 1);
    answerPress(context);
    await show(context, text, buttons);
  });
  addDocument(bot, ports);
}

const customerOf = ({ customer }: PaymentSummary): string => customer.name;

function foundPage(
  context: BotContext,
  found: readonly PaymentSummary[],
  { searched, number }: { readonly searched: string; readonly number: number },
): Page {
  const head = context.texts.payments.payment.found(found.length);
  const beginning = searchedIn(searched);
  const turnTo = (page: number) => foundPaymentsButton.data({ page, searched: beginning });
  const list = { head, turnTo, back: adminMenuButton.data({}), about: customerOf };
  return choicePage(context, found, list, number);
}

const choicePage = (
  context: BotContext,
  payments: readonly PaymentSummary[],
  {
    back,
    about,
    ...list
  }: Pick<List, "head" | "turnTo"> & {
    readonly back: string;
    readonly about: (payment: PaymentSummary) => string;
  },
  number: number,
): Page => {
  const entries = paymentEntries(context, payments, about);
  const page = pageOf({ ...list, entries, perPage: 8 }, number);
  return withBack(context, page, back);
};

/** A JSON file with every gateway event as it was received, and every effect of each. */
function addDocument(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminButton(bot, paymentJsonButton, "payment-json", async (context, { id }) => {
    const payment = id && (await orUnavailable(ports.payments.find(id)));
    if (payment === undefined)
      return answerPress(context, context.texts.payments.payment.none, true);
    const timeline = await orUnavailable(ports.timelines.read(payment.id));
    answerPress(context);
    const source = Buffer.from(JSON.stringify({ payment, ...timeline }, null, 2));
    const filename = `payment-${orderNumber(payment.id)}.json`;
    await sendFile(context, { source, filename });
  });
}

async function search(
  { payments, customers }: BotPorts,
  wanted: string,
): Promise<readonly PaymentSummary[]> {
  const found = await orUnavailable(payments.search(wanted));
  if (found.length > 0) return found;
  const customersFound = await orUnavailable(customers.search(wanted));
  const ids = customersFound.map(({ telegramId: id }) => id);
  const ofCustomers = await orUnavailable(payments.list(ids, mostListed));
  return ofCustomers.length > 0 ? ofCustomers : orUnavailable(payments.searchTransfers(wanted));
}

async function openPayment(
  context: BotContext,
  { timelines, temporalUi }: BotPorts,
  payment: PaymentSummary,
): Promise<Page> {
  const timeline = await orUnavailable(timelines.read(payment.id));
  const url = temporalUi && paymentPageUrl(temporalUi, payment.id);
  return paymentPage(context, payment, timeline, url);
}
