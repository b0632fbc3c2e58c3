import { setTimeout as delay } from "node:timers/promises";
import { Composer, type Middleware } from "telegraf";
import { type Customer, languageOf } from "../../domain/customer.ts";
import { paymentOfNobody } from "../../domain/derived-ids.ts";
import { telegramId, type TelegramId } from "../../domain/ids.ts";
import { currencies, money } from "../../domain/money.ts";
import { asPaymentId, type GatewayName } from "../../domain/payment.ts";
import { textsIn } from "../../texts/index.ts";
import type { BotContext, BotPorts } from "../context.ts";
import { followProfile } from "../middlewares.ts";
import { starsLine } from "../stars.ts";

type StarPorts = Pick<BotPorts, "doors" | "customers">;

const stars = "stars" as GatewayName;

/** Who asks is looked up beside the question to the payment, and nobody waits longer for it. */
const lookUpMs = 3_000;

/**
 * What Telegram says of Stars. It stands before everything that may turn a person away, make them wait
 * or need the database: money that has moved is told to its payment whoever it came from, and whoever
 * is about to pay has an answer within Telegram's ten seconds.
 */
export function addStars(
  bot: Composer<BotContext>,
  { doors, customers }: StarPorts,
  counted: Middleware<BotContext>,
): void {
  bot.on("pre_checkout_query", asPerson, counted, async (context) => {
    context.handler = "pre-checkout";
    const refusal = await refusalOf(context, { doors, customers });
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
      const id = about.kind === "payment" ? about.id : paymentOfNobody(stars, reference);
      await doors.payments.reported(id, { gateway: stars, report, evidence, source: "gateway" });
      if (context.from?.is_bot !== false) return;
      const known = await quickly(customers, context.telegramId);
      if (known !== undefined) await followProfile(context, known, doors);
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
  { doors, customers }: StarPorts,
): Promise<string | undefined> {
  const { invoice_payload, total_amount, currency: code, from: sender } = preCheckoutQuery!;
  const id = asPaymentId(invoice_payload);
  const currency = currencies.find((known) => known === code);
  const known = quickly(customers, from);
  const isWhole = Number.isSafeInteger(total_amount);
  const asked = isWhole && currency && { from, amount: money(total_amount, currency) };
  const answer = id && asked ? await doors.payments.checkout(id, asked) : "over";
  const customer = await known;
  const { checkout } = textsIn(customer?.language ?? languageOf(sender.language_code));
  if (customer?.status === "blocked") return checkout.blocked;
  return answer === "go" ? undefined : checkout[answer];
}

/** Undefined also when the books do not say in time. */
async function quickly(
  customers: BotPorts["customers"],
  id: TelegramId,
): Promise<Customer | undefined> {
  const late = delay(lookUpMs, undefined, { ref: false });
  return Promise.race([customers.find(id), late]).catch(() => undefined);
}

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
