import * as z from "zod";
import { HttpError } from "../kit/http.ts";
import { userOf } from "./people.ts";
import { askBot, takePayment } from "./paying-person.ts";
import type { State } from "./state.ts";
import type { Subscription } from "./subscriptions.ts";

/** What `POST /person/<id>/subscriptions` takes. */
export const subscriptionBody = z.object({
  /** The charge of its first payment. */
  telegram_payment_charge_id: z.string(),
  /**
   * `renew`: the next monthly charge goes through now; `fail`: the person has too few Stars for it.
   * `cancel` and `resume` are the person's own, in their app.
   */
  act: z.enum(["renew", "fail", "cancel", "resume"]),
});

/**
 * What happens to a person's subscription next. The bot gets a service message of each payment, and
 * a `subscription` update of everything else.
 * @throws HttpError 404 for an unknown one, 400 when it cannot be, or the bot declines the payment.
 */
export async function actOnSubscription(
  state: State,
  personId: number,
  { telegram_payment_charge_id: id, act }: z.infer<typeof subscriptionBody>,
): Promise<Subscription> {
  const row = state.subscriptions.find(id);
  if (row?.personId !== personId) throw new HttpError(404, "there is no such subscription");
  switch (act) {
    case "renew":
      return renew(state, row);
    case "fail":
      requireRunning(row);
      return tell(state, row, "failed");
    case "cancel":
      requireRunning(row);
      return tell(state, row, "canceled");
    case "resume":
      if (row.state !== "canceled") throw new HttpError(400, "the subscription is not cancelled");
      if (row.canceled_by_bot) throw new HttpError(400, "the bot cancelled the subscription");
      return tell(state, row, "active");
  }
}

function requireRunning({ state }: Subscription): void {
  if (state === "canceled") throw new HttpError(400, "the subscription is cancelled");
}

/** Whether the bot is asked before a renewal is unverified: see the option `renewalCheckout`. */
async function renew(state: State, row: Subscription): Promise<Subscription> {
  requireRunning(row);
  if (state.renewalCheckout) await askForRenewal(state, row);
  const expires_at = row.expires_at + row.subscription_period;
  const recurring = { is_recurring: true, subscription_expiration_date: expires_at } as const;
  takePayment(state, row.personId, { bill: row, recurring });
  return state.subscriptions.change(row, { expires_at, state: "active" });
}

async function askForRenewal(state: State, row: Subscription): Promise<void> {
  try {
    await askBot(state, row.personId, row);
  } catch (error) {
    tell(state, row, "failed");
    throw error;
  }
}

function tell(state: State, row: Subscription, now: Subscription["state"]): Subscription {
  const user = userOf(state.people.get(row.personId));
  const subscription = { user, invoice_payload: row.payload, state: now };
  state.queueForBot({ subscription }, row.personId);
  return state.subscriptions.change(row, { state: now });
}
