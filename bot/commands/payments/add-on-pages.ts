import type { TrafficUse } from "../../../db/queries/people/customers.ts";
import { devicesButton, plansButton } from "../../../domain/messaging/buttons.ts";
import { sizeOf } from "../../../domain/payments/add-on.ts";
import type { AddOn } from "../../../domain/payments/payment.ts";
import type { Instant } from "../../../domain/time.ts";
import { bytesIn, dayIn } from "../../../texts/index.ts";
import { payAddOnButton, usageButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { buttonMark } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { methodButton } from "./ordering.ts";
import type { SoldAddOn } from "./sold-add-ons.ts";

/** The letter of each kind on a button. */
export const addOnLetters = { traffic: "t", device: "d" } as const;

/** What is added, until when, and a button for each way to pay. */
export function addOnPage(
  context: BotContext,
  { offer, methods }: SoldAddOn,
  { now, traffic }: { readonly now: Instant; readonly traffic: TrafficUse | undefined },
): Page {
  const { texts } = context;
  const { addOn, planVersion: version } = offer;
  const mark = buttonMark();
  const buttons = methods.map((method) => {
    const { gateway, price } = method;
    const kind = addOnLetters[addOn.kind];
    const of = { kind, gateway, currency: price.currency, version, size: sizeOf(addOn), mark };
    return [methodButton(context, method, payAddOnButton.data(of))];
  });
  const lines = [
    ...wordsOf(context, addOn, { now, traffic }),
    "",
    texts.payments.purchase.howToPay,
  ];
  return withBack(context, { text: lines.join("\n"), buttons }, pageBefore(addOn.kind));
}

function wordsOf(
  context: BotContext,
  addOn: AddOn,
  { now, traffic }: { readonly now: Instant; readonly traffic: TrafficUse | undefined },
): string[] {
  const { texts, language } = context;
  const { addOn: words } = texts.payments;
  if (addOn.kind === "device") return [words.devicePage(dayIn(context, addOn.until, now))];
  const ends = traffic?.packsEndAt;
  const page = words.trafficPage(bytesIn(language, addOn.bytes), ends && dayIn(context, ends, now));
  if (traffic === undefined) return [page];
  const { usedBytes, limitBytes } = traffic;
  return [page, words.trafficNow(bytesIn(language, usedBytes), bytesIn(language, limitBytes))];
}

/** Nothing of this kind is sold to this person: another plan may have more. */
export function noAddOnPage(context: BotContext, kind: AddOn["kind"]): Page {
  const { texts } = context;
  const plans = { text: texts.messaging.menu.choosePlan, data: plansButton.data({}) };
  const page = { text: texts.payments.addOn.off, buttons: [[plans]] };
  return withBack(context, page, pageBefore(kind));
}

/** The page from which an add-on is offered. */
const pageBefore = (kind: AddOn["kind"]): string =>
  kind === "device" ? devicesButton.data({}) : usageButton.data({ page: 1 });
