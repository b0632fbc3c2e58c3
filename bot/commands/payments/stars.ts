import { setTimeout as delay } from "node:timers/promises";
import { Composer, type Middleware } from "telegraf";
import { isServed, reportEvents } from "../../../client/payments.ts";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { telegramId } from "../../../domain/ids.ts";
import { currencies, money } from "../../../domain/money.ts";
import { asPaymentId, checkoutOf, type GatewayName } from "../../../domain/payments/payment.ts";
import { languageOf } from "../../../domain/people/customer.ts";
import { starsLine } from "../../../gateways/payments/stars/webhook.ts";
import { textsIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { followProfile } from "../../middlewares.ts";

type StarPorts = Pick<BotPorts, "client" | "customers" | "payments">;

const stars = "stars" as GatewayName;

/** How long the books are waited for: Telegram waits ten seconds for an answer. */
const lookUpMs = 3_000;

/**
 * What Telegram says of Stars. It stands before everything that may turn a person away, make them wait
 * or need the database: money that has moved is told to its payment whoever it came from, and whoever
 * is about to pay has an answer within Telegram's ten seconds.
 */
export function addStars(
  bot: Composer<BotContext>,
  { client, customers, payments }: StarPorts,
  counted: Middleware<BotContext>,
): void {
  bot.on("pre_checkout_query", asPerson, counted, async (context) => {
    context.handler = "pre-checkout";
    const refusal = await refusalOf(context, { client, customers, payments });
    answer(context, refusal);
  });
  const moved = Composer.compose<BotContext>([
    asPerson,
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
      const known = await quickly(customers.find(context.telegramId));
      if (known !== undefined && known !== "late") await followProfile(context, known, client);
    },
  ]);
  bot.use((context, next) =>
    starsLine(context.message) === undefined ? next() : moved(context, next),
  );
}

/** What goes back is told in the bot's own name: then the private chat has the person's number. */
const asPerson: Middleware<BotContext> = async (context, next) => {
  const { chat, from } = context;
  const id = (from?.is_bot ? chat?.id : from?.id) ?? 0;
  context.handler = "ignored";
  if (!Number.isSafeInteger(id) || id <= 0) return;
  context.telegramId = telegramId(id);
  await next();
};

/** Why the money may not move, in the person's language; undefined: it may. */
async function refusalOf(
  { telegramId: from, preCheckoutQuery }: BotContext,
  { client, customers, payments }: StarPorts,
): Promise<string | undefined> {
  const { invoice_payload, total_amount, currency: code, from: sender } = preCheckoutQuery!;
  const id = asPaymentId(invoice_payload);
  const currency = currencies.find((known) => known === code);
  const isWhole = Number.isSafeInteger(total_amount);
  const asked = isWhole && currency && { from, amount: money(total_amount, currency) };
  const [found, payable, served] = await Promise.all([
    quickly(customers.find(from)),
    id && asked ? quickly(payments.payable(id)) : undefined,
    isServed(client),
  ]);
  const customer = found === "late" ? undefined : found;
  const language = customer?.language ?? languageOf(sender.language_code);
  const { checkout } = textsIn(language).payments;
  if (customer?.status === "blocked") return checkout.blocked;
  if (payable === "late") return checkout.later;
  const answer = payable && asked ? checkoutOf(payable, asked) : "over";
  if (answer !== "go") return checkout[answer];
  // Whoever pays now is let in now: while no worker is there nobody is asked to.
  return served ? undefined : checkout.later;
}

/** What the books say, or `late` when they do not say it in time. */
const quickly = <Found>(looking: Promise<Found>): Promise<Found | "late"> =>
  Promise.race([looking, delay(lookUpMs, "late" as const, { ref: false })]).catch(
    () => "late" as const,
  );

/** Telegram waits ten seconds. A query that it no longer takes an answer to has cost nobody anything. */
function answer(context: BotContext, refusal: string | undefined): void {
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
