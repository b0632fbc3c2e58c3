import type { RenewalDoubt } from "../../../domain/payments/renewal.ts";
import { cardEnding } from "../../card-number.ts";
import { escapeHtml } from "../../html.ts";
import { days } from "../counts.ts";

const nextCharge = (at: string | undefined) => (at === undefined ? "" : `\nNext charge: ${at}.`);

/** What the consent says of the plan that will renew itself. */
interface RenewedPlan {
  readonly days: number;
  /** It is so short that it is renewed nearer to its end than others. */
  readonly isLate: boolean;
}

/** Why a person is asked again. */
const asked: Readonly<Record<RenewalDoubt, (until: string, price?: string) => string>> = {
  price: (until, price) =>
    `⚠️ Your plan now costs ${price ?? "more"}, so we did not charge you. Your access ends on ${until}. Agree to the new price in Auto-renewal to go on.`,
  devices: (until) =>
    `⚠️ Your plan is now for fewer devices, so we did not charge you. Your access ends on ${until}. Agree in Auto-renewal to go on, or choose another plan.`,
  plan: (until) =>
    `⚠️ You have changed your plan, so we did not charge you. Your access ends on ${until}. Switch auto-renewal on for the new plan to go on.`,
  gone: (until) =>
    `⚠️ Your plan is no longer sold, so we did not charge you. Your access ends on ${until}. Choose another plan to go on.`,
};

/** The same on the page, where they can agree again. */
const doubt: Readonly<Record<RenewalDoubt, (price?: string) => string>> = {
  price: (price) =>
    `⚠️ The plan now costs ${price ?? "more"}. Nothing is charged until you agree to that.`,
  devices: () =>
    "⚠️ The plan is now for fewer devices. Nothing is charged until you agree to that.",
  plan: () =>
    "⚠️ It was on for your earlier plan, so nothing is charged by itself. Choose how to renew the new one.",
  gone: () =>
    "⚠️ Your plan is no longer sold, so nothing is charged by itself. Choose another plan to go on.",
};

/** Auto-renewal: its page, the consent before it is switched on, and what comes of it. */
export const renewal = {
  title: "🔁 <b>Auto-renewal</b>",
  off: "It is off: nothing is charged by itself.",
  onHold: "It is on hold: while you have no access, nothing is charged.",
  needsPlan: "Buy a plan first. After that it can renew itself.",
  state: {
    balance: (plan: string, price: string) =>
      `✅ On: ${escapeHtml(plan)}, <b>${price}</b> from your balance.`,
    card: (plan: string, price: string) =>
      `✅ On: ${escapeHtml(plan)}, <b>${price}</b> from your card.`,
    stars: (plan: string, price: string) =>
      `✅ On: ${escapeHtml(plan)}, <b>${price}</b> every 30 days in Telegram Stars.`,
  },
  next: (at: string) => `Next charge: ${at}.`,
  starsPaused: (until: string) =>
    `⭐ Your Stars subscription is cancelled. It is paid until ${until}; you can resume it until then.`,
  card: (pan: string, expires: string) =>
    `💳 Saved card: <code>${cardEnding(pan)}</code>, valid until ${expires}`,
  choose: {
    balance: (price: string) => `💰 From balance · ${price}`,
    card: (price: string) => `💳 Saved card · ${price}`,
    stars: (price: string) => `⭐ Monthly in Stars · ${price}`,
  },
  newCard: (price: string) => `💳 Card, renews · ${price}`,
  resume: "⭐ Resume in Stars",
  stop: "⏹ Switch off",
  forgetCard: "🗑 Remove the card",
  consent: {
    balance: (plan: string, price: string, { days: d, isLate }: RenewedPlan) =>
      `🔁 <b>Renew ${escapeHtml(plan)} from your balance?</b>\n${isLate ? "Shortly" : "A day"} before your time ends we take <b>${price}</b> from your balance and add ${days(d)}. If the balance is too small, nothing is taken and we tell you.`,
    card: (plan: string, price: string, { days: d, isLate }: RenewedPlan) =>
      `🔁 <b>Renew ${escapeHtml(plan)} from your card?</b>\n${isLate ? "Shortly" : "Three days"} before your time ends we charge <b>${price}</b> and add ${days(d)}. If the bank declines, we try ${isLate ? "twice more" : "again on each of the next two days"} and tell you each time.`,
    stars: (plan: string, price: string, { days: d }: RenewedPlan) =>
      `🔁 <b>Pay for ${escapeHtml(plan)} in Stars every month?</b>\nTelegram charges <b>${price}</b> every ${days(d)}, and each charge adds ${days(d)}.`,
  },
  firstDue: "Your time ends soon, so the first charge comes at once.",
  firstLater:
    "Your time is over, so nothing is charged now. Buy a plan, and it renews from then on.",
  firstNow: "The first charge is now.",
  howToEnd:
    "You can switch it off at any time: Menu → Auto-renewal. If the price rises, or the plan is for fewer devices, we ask you first.",
  howToEndStars:
    "The price stays as it is now. You can switch it off at any time: Menu → Auto-renewal.",
  begunInStars:
    "🔁 It renews itself every 30 days in Telegram Stars; you can switch that off in Auto-renewal.",
  saving:
    "The bank keeps your card; we see only its last digits. You can remove it here with one tap.",
  agree: "✅ I agree",
  renewed: (until: string, paid: string, gateway: string) =>
    `🔁 Renewed: your access runs until <b>${until}</b>.\n${paid} · ${gateway}`,
  soon: (left: number, until: string) =>
    `🔁 ${days(left)} until ${until}. Auto-renewal is on, so there is nothing to do.`,
  short: (price: string, until: string, isLast: boolean) =>
    `⚠️ Auto-renewal needs ${price}, and your balance has less. Nothing was taken. Your access ends on ${until}. ${isLast ? "Pay now to stay connected." : "Top up, and we try once more shortly before the end."}`,
  asked,
  doubt,
  cardLost: (price: string) =>
    `⚠️ Auto-renewal: ${price} could not be charged. Your bank no longer accepts the saved card, so we have removed it. Pay in another way to stay connected.`,
  failed: (price: string, again: string | undefined) =>
    `⚠️ Auto-renewal: ${price} could not be charged. ${again === undefined ? "We do not try again: pay in another way to stay connected." : `We try again on ${again}. You can also pay now.`}`,
  agreed: {
    balance: (price: string, next?: string) =>
      `✅ Auto-renewal is on: <b>${price}</b> from your balance.${nextCharge(next)}`,
    card: (price: string, next?: string) =>
      `✅ Auto-renewal is on: <b>${price}</b> from your card.${nextCharge(next)}`,
    stars: (price: string, next?: string) =>
      `✅ Auto-renewal is on: <b>${price}</b> in Telegram Stars.${nextCharge(next)}`,
  },
  stopped:
    "⏹ Auto-renewal is off. Nothing is charged by itself, and what you have paid stays yours.",
  cardSaved: (pan: string) =>
    `💳 Card <code>${cardEnding(pan)}</code> is saved, and auto-renewal is on. Menu → Auto-renewal switches it off or removes the card.`,
  cardNotSaved:
    "💳 Your bank did not save a card for this payment, so auto-renewal is off. Your purchase is not affected.",
  cardForgotten: "🗑 Your card is removed. Nothing can be charged to it any more.",
  resumable: (until: string) =>
    `⭐ You can resume it now: in Telegram open Settings → My Stars, choose this subscription and renew it. It is paid until ${until}.`,
};
