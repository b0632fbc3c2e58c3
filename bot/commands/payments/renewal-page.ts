import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import type { RenewalSummary } from "../../../db/queries/payments/renewals.ts";
import { plansButton, renewalButton } from "../../../domain/messaging/buttons.ts";
import type { Money } from "../../../domain/money.ts";
import type { RecurringMethod } from "../../../domain/payments/plan-offers.ts";
import { type Plan, priceIn } from "../../../domain/payments/plan.ts";
import { currenciesFor } from "../../../domain/payments/price-order.ts";
import {
  doubtOf,
  firstChargeAt,
  isRenewedLate,
  type RenewalDoubt,
  type RenewalKind,
  renewalMoments,
} from "../../../domain/payments/renewal.ts";
import { type Instant, toMs } from "../../../domain/time.ts";
import { momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import {
  agreeButton,
  beginButton,
  changeRenewalButton,
  chooseBeginButton,
  chooseRenewalButton,
  planButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { buttonMark, type Buttons } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";

/** What the page of auto-renewal is made from. */
export interface RenewalFacts {
  readonly current: CurrentPlan;
  /** The newest version of the customer's plan, where it can be bought. */
  readonly plan: Plan | undefined;
  readonly recurring: readonly RecurringMethod[];
  readonly balances: readonly Money[];
  readonly renewal: RenewalSummary | undefined;
  readonly now: Instant;
}

/** How the subscription renews itself, and what can be chosen instead. */
export function renewalPage(context: BotContext, facts: RenewalFacts): Page {
  const { texts } = context;
  const { renewal: words } = texts.payments;
  const { plan, renewal } = facts;
  const isOn = renewal?.isOn === true;
  const choose = { text: texts.messaging.menu.choosePlan, data: plansButton.data({}) };
  const lines = [
    words.title,
    ...stateLines(context, facts),
    ...cardLines(context, renewal),
    ...(plan === undefined && !isOn ? [words.needsPlan] : []),
  ];
  const buttons = [
    ...(isOn ? stopButtons(context) : []),
    ...(plan === undefined ? [[choose]] : choices(context, facts, plan)),
    ...cardButtons(context, renewal),
  ];
  return withBack(context, { text: lines.join("\n"), buttons });
}

/** The same for whoever has no access any more: nothing is charged, and it can be ended for good. */
export function keptPage(context: BotContext, renewal: RenewalSummary): Page {
  const { renewal: words } = context.texts.payments;
  const state = renewal.isOn ? words.onHold : words.off;
  const lines = [words.title, state, ...cardLines(context, renewal)];
  const buttons = [...(renewal.isOn ? stopButtons(context) : []), ...cardButtons(context, renewal)];
  return withBack(context, { text: lines.join("\n"), buttons });
}

function stopButtons({ texts }: BotContext): Buttons {
  const data = changeRenewalButton.data({ act: "stop", mark: buttonMark() });
  return [[{ text: texts.payments.renewal.stop, data }]];
}

function stateLines(context: BotContext, { renewal, current, plan, now }: RenewalFacts): string[] {
  const { texts, language } = context;
  const { renewal: words } = texts.payments;
  if (renewal === undefined) return [words.off];
  const { kind, stars, price } = renewal;
  if (!renewal.isOn) {
    const isPaused = stars?.until !== undefined && toMs(stars.until) > toMs(now);
    return isPaused ? [words.off, words.starsPaused(momentIn(context, stars.until))] : [words.off];
  }
  const name = current.plan?.names[language] ?? renewal.plan;
  const state = words.state[kind](name, moneyIn(language, price));
  const doubt = doubtIn({ renewal, current, plan });
  if (doubt !== undefined) {
    const nowCosts = plan && priceIn(plan, price.currency);
    const said = words.doubt[doubt](nowCosts && moneyIn(language, nowCosts));
    return doubt === "plan" ? [said] : [state, said];
  }
  const next = kind === "stars" ? stars?.until : nextTry(kind, { current, plan, now });
  return [state, ...(next === undefined ? [] : [words.next(momentIn(context, next))])];
}

/** Why nothing is charged although it is on, until the customer agrees again. */
function doubtIn({
  renewal,
  current,
  plan,
}: Pick<RenewalFacts, "renewal" | "current" | "plan">): RenewalDoubt | undefined {
  // What Telegram charges is what Telegram was told.
  if (renewal === undefined || !renewal.isOn || renewal.kind === "stars") return undefined;
  return doubtOf(renewal, { hasPlan: current.code, plan });
}

/** The next try that is to come; one that is due is under way. */
function nextTry(
  kind: RenewalKind,
  { current, plan, now }: Pick<RenewalFacts, "current" | "plan" | "now">,
): Instant | undefined {
  const { paidUntil } = current;
  if (paidUntil === undefined || plan === undefined) return undefined;
  const moments = renewalMoments(kind, { paidUntil, days: plan.days });
  return moments.find((at) => toMs(at) > toMs(now));
}

/** When the first charge comes after the consent; never a moment that is over. */
function firstCharge(
  context: BotContext,
  { by, plan, begins }: Consent,
  { current: { state, paidUntil }, now }: Pick<RenewalFacts, "current" | "now">,
): string[] {
  const { renewal: words } = context.texts.payments;
  if (begins) return [words.firstNow];
  if (by === "stars") return [];
  const first = firstChargeAt(by, { state, paidUntil, days: plan.days }, now);
  if (first === undefined) return [words.firstLater];
  return [first === "now" ? words.firstDue : words.next(momentIn(context, first))];
}

function cardLines({ texts }: BotContext, renewal: RenewalSummary | undefined): string[] {
  if (renewal?.card === undefined) return [];
  const { pan, expires } = renewal.card;
  return [texts.payments.renewal.card(pan, expires.replace(/^(\d\d)(\d\d)$/u, "$1/$2"))];
}

function cardButtons({ texts }: BotContext, renewal: RenewalSummary | undefined): Buttons {
  if (renewal?.card === undefined) return [];
  const data = changeRenewalButton.data({ act: "forget", mark: buttonMark() });
  return [[{ text: texts.payments.renewal.forgetCard, data }]];
}

/** The ways to renew that are not switched on, or are to be agreed to again. */
function choices(context: BotContext, facts: RenewalFacts, plan: Plan): Buttons {
  const { texts, language } = context;
  const { renewal: words } = texts.payments;
  const { renewal, recurring, now } = facts;
  const active = renewal?.isOn && doubtIn(facts) === undefined ? renewal.kind : undefined;
  const amount = (price: Money) => moneyIn(language, price);
  const ofBalance = active === "balance" ? [] : balancePrices(context, facts, plan);
  const { stars } = renewal ?? {};
  const isPaid = stars?.until !== undefined && toMs(stars.until) > toMs(now);
  const others = recurring
    .filter(({ by }) => by !== active)
    .map(({ by, gateway, price }) => {
      const { currency } = price;
      const isKept = by === "card" ? renewal?.card !== undefined : isPaid;
      if (isKept && by === "stars") {
        const data = changeRenewalButton.data({ act: "resume", mark: buttonMark() });
        return [{ text: words.resume, data }];
      }
      if (isKept) {
        const text = words.choose.card(amount(price));
        return [{ text, data: chooseRenewalButton.data({ by, currency }) }];
      }
      const text =
        by === "stars" ? words.choose.stars(amount(price)) : words.newCard(amount(price));
      return [{ text, data: chooseBeginButton.data({ plan: plan.code, gateway, currency }) }];
    });
  return [
    ...ofBalance.map((price) => {
      const data = chooseRenewalButton.data({ by: "balance", currency: price.currency });
      return [{ text: words.choose.balance(amount(price)), data }];
    }),
    ...others,
  ];
}

/** In the currencies that the customer has; without any in the one that they compare prices in. */
function balancePrices(
  { language }: BotContext,
  { balances }: RenewalFacts,
  plan: Plan,
): readonly Money[] {
  const had = balances.filter(({ minor }) => minor > 0).map(({ currency }) => currency);
  const prices = currenciesFor(language).flatMap((currency) => priceIn(plan, currency) ?? []);
  const ofHad = prices.filter(({ currency }) => had.includes(currency));
  return ofHad.length > 0 ? ofHad : prices.slice(0, 1);
}

/** What a customer is about to agree to. */
export interface Consent {
  readonly by: RenewalKind;
  readonly plan: Plan;
  readonly price: Money;
  /** It begins with a payment at this gateway. */
  readonly begins?: RecurringMethod["gateway"];
  /** The names of the devices that it would pause. */
  readonly pauses: readonly string[];
}

/** Price, period, the next charge, and how to end it; nothing is charged without the press. */
export function consentPage(
  context: BotContext,
  consent: Consent,
  facts: Pick<RenewalFacts, "current" | "now">,
): Page {
  const { texts, language } = context;
  const { renewal: words } = texts.payments;
  const { by, plan, price, begins, pauses } = consent;
  const lines = [
    words.consent[by](plan.names[language], moneyIn(language, price), {
      days: plan.days,
      isLate: isRenewedLate(by, plan.days),
    }),
    ...(pauses.length > 0 ? [texts.payments.purchase.devicesPaused(plan.deviceLimit, pauses)] : []),
    ...firstCharge(context, consent, facts),
    ...(begins && by === "card" ? [words.saving] : []),
    by === "stars" ? words.howToEndStars : words.howToEnd,
  ];
  const { currency } = price;
  const chosen = { plan: plan.code, version: plan.version, currency, mark: buttonMark() };
  const data = begins
    ? beginButton.data({ ...chosen, gateway: begins })
    : agreeButton.data({ ...chosen, by });
  const agree = { text: words.agree, data };
  // A purchase came from its plan, a change from the page of renewals.
  const back = begins ? planButton.data({ code: plan.code }) : renewalButton.data({});
  return withBack(context, { text: lines.join("\n\n"), buttons: [[agree]] }, back);
}
