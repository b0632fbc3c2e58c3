import type { SubscriptionRef } from "../domain/access/subscription.ts";
import { addMs, dayMs, instant } from "../domain/time.ts";
import { externalUntil, localDb } from "./steps/payments.ts";

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
