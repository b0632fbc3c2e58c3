import { setTimeout as delay } from "node:timers/promises";
import { Composer, type Middleware } from "telegraf";
import { changeRenewal, isServed, reportEvents } from "../../../client/payments.ts";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { telegramId } from "../../../domain/ids.ts";
import { currencies, money } from "../../../domain/money.ts";
import { asPaymentId, gatewayName } from "../../../domain/payments/payment.ts";
import { checkoutOf } from "../../../domain/payments/checkout.ts";
import { languageOf } from "../../../domain/people/customer.ts";
import { starsLine, starsSubscription } from "../../../gateways/payments/stars/webhook.ts";
import { textsIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { followProfile } from "../../middlewares.ts";

type StarPorts = Pick<BotPorts, "client" | "customers" | "payments">;

const stars = gatewayName("stars");

/** How long to wait for the database: Telegram waits ten seconds for an answer. */
const lookUpMs = 3_000;

/**
 * Handles Telegram's updates about Stars. They come before everything that may turn a person away,
 * delay them or need the database: every payment that has moved is reported, and a checkout is
 * answered within Telegram's ten seconds.
 */
export function addStars(
  bot: Composer<BotContext>,
  { client, customers, payments }: StarPorts,
  counted: Middleware<BotContext>,
): void {
  bot.on("pre_checkout_query", identifyPayer, counted, async (context) => {
    context.handler = "pre-checkout";
    const refusal = await findRefusal(context, { client, customers, payments });
    answerCheckout(context, refusal);
  });
  const followSubscription = Composer.compose<BotContext>([
    counted,
    async (context) => {
      context.handler = "stars-subscription";
      const { telegramId: payer, update } = context;
      const { order, state } = starsSubscription(update) ?? {};
      if (order === undefined || state === undefined) return;
      const requestId = `update-${update.update_id}-${order}`;
      const change = { kind: "starsReported", order, state } as const;
      await changeRenewal(client, { requestId, telegramId: payer, change });
    },
  ]);
  bot.use(async (context, next) => {
    const subscription = starsSubscription(context.update);
    if (subscription === undefined) return next();
    context.telegramId = subscription.payer;
    await followSubscription(context, async () => undefined);
  });
  const handleMoved = Composer.compose<BotContext>([
    identifyPayer,
    counted,
    async (context) => {
      context.handler = "stars-moved";
      const line = starsLine(context.message);
      if (line === undefined) return;
      const { about, report, evidence } = line;
      const reference = "reference" in report ? report.reference : "";
      const id = about.kind === "payment" ? about.id : unmatchedPaymentId(stars, reference);
      const event = { gateway: stars, report, evidence, source: "gateway" } as const;
      await reportEvents(client, id, [event]);
      if (context.from?.is_bot !== false) return;
      const known = await readInTime(customers.find(context.telegramId));
      if (known !== undefined && known !== "late") await followProfile(context, known, client);
    },
  ]);
  bot.use((context, next) =>
    starsLine(context.message) === undefined ? next() : handleMoved(context, next),
  );
}

/** A refund's update comes in the bot's own name: then the private chat has the person's number. */
const identifyPayer: Middleware<BotContext> = async (context, next) => {
  const { chat, from } = context;
  const id = (from?.is_bot ? chat?.id : from?.id) ?? 0;
  context.handler = "ignored";
  if (!Number.isSafeInteger(id) || id <= 0) return;
  context.telegramId = telegramId(id);
  await next();
};

/** Why the checkout is refused, in the person's language; undefined where it may go on. */
async function findRefusal(
  { telegramId: from, preCheckoutQuery }: BotContext,
  { client, customers, payments }: StarPorts,
): Promise<string | undefined> {
  const { invoice_payload, total_amount, currency: code, from: sender } = preCheckoutQuery!;
  const id = asPaymentId(invoice_payload);
  const currency = currencies.find((known) => known === code);
  const isWhole = Number.isSafeInteger(total_amount);
  const asked = isWhole && currency && { from, amount: money(total_amount, currency) };
  const [found, payable, served] = await Promise.all([
    readInTime(customers.find(from)),
    id && asked ? readInTime(payments.findPayable(id)) : undefined,
    isServed(client),
  ]);
  const customer = found === "late" ? undefined : found;
  const language = customer?.language ?? languageOf(sender.language_code);
  const { checkout } = textsIn(language).payments;
  if (customer?.status === "blocked") return checkout.blocked;
  if (payable === "late") return checkout.later;
  const verdict = payable && asked ? checkoutOf(payable, asked) : "over";
  if (verdict !== "go") return checkout[verdict];
  // A payment gives access at once, so without a worker it is refused.
  return served ? undefined : checkout.later;
}

/** What the database answers, or `late` when it does not answer in time. */
const readInTime = <Value>(read: Promise<Value>): Promise<Value | "late"> =>
  Promise.race([read, delay(lookUpMs, "late" as const, { ref: false })]).catch(
    () => "late" as const,
  );

/**
 * Answers a checkout, for which Telegram waits ten seconds. A query that is too old to be answered
 * does no harm.
 */
function answerCheckout(context: BotContext, refusal: string | undefined): void {
  void context.answers.push({
    lane: `checkout:${context.preCheckoutQuery?.id}`,
    bytes: 2 * (refusal?.length ?? 0),
    goodForMs: 10_000,
    send: () =>
      context.answerPreCheckoutQuery(refusal === undefined, refusal).catch((error: unknown) => {
        if (!/query is too old|query ID is invalid/iu.test(String(error))) throw error;
      }),
  });
}
