import { sleep, workflowInfo } from "@temporalio/workflow";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { RenewalRequest } from "../../domain/payments/renewal.ts";
import { addMs, dayMs, instant, minuteMs } from "../../domain/time.ts";
import { wakeSubscription } from "../access/calendars.ts";
import { externalUntil as cardsUntil, localDb as cardBooks } from "../steps/cards.ts";
import { externalUntil, localDb } from "../steps/payments.ts";

/** Books what a customer has chosen for their auto-renewal; their calendar then follows it. */
export async function renewalChange(request: RenewalRequest): Promise<"changed" | "refused"> {
  const changed = await localDb.changeRenewal(request, instant(workflowInfo().startTime));
  if (changed === undefined) return "refused";
  await wakeSubscription({ subscriptionId: changed.id, ...changed });
  return "changed";
}

/** Telegram charges again after a month at the latest: until then it is told again and again. */
const retriedForMs = 30 * dayMs;

/** Makes a customer's subscriptions in Stars at Telegram what the books say they shall be. */
export async function starSubscription(ref: SubscriptionRef): Promise<void> {
  for (;;) {
    const change = await localDb.findStarChange(ref);
    if (change === undefined) return;
    const { changeStars } = externalUntil(addMs(instant(Date.now()), retriedForMs));
    await changeStars(ref.telegramId, change);
    await localDb.recordStarChange(change);
  }
}

/** Makes a customer's saved cards at their gateways what the books say they shall be. */
export async function savedCard(ref: SubscriptionRef): Promise<void> {
  for (;;) {
    const change = await cardBooks.findCardChange(ref);
    if (change === undefined) return;
    const now = instant(Date.now());
    const steps = cardsUntil(addMs(now, retriedForMs));
    if (change.kind === "remove") await steps.removeCard(change);
    else if ((await steps.saveCard(ref, change, now)) === "notYet") {
      await sleep(minuteMs, { summary: "the gateway has not listed the card yet" });
    }
  }
}
