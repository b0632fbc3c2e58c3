import {
  addOnButton,
  type Button,
  connectButton,
  deviceRequestButtons,
  devicesButton,
  homeButton,
  plansButton,
  renewalButton,
} from "./buttons.ts";

/** A kind of button, whatever its parts are. */
export type ButtonKind = Pick<Button<unknown>, "pattern">;

/** Which of a customer's subscriptions a button is about: its number, or one that is to be bought. */
export type SubscriptionChoice = number | "new";

/** The buttons in messages of workflows that are about a subscription. */
export const subscriptionButtons: readonly ButtonKind[] = [
  homeButton,
  connectButton,
  plansButton,
  addOnButton,
  devicesButton,
  renewalButton,
  ...Object.values(deviceRequestButtons),
];

const sign = "~";
const ofNew = 0;

/**
 * The data of a button with the subscription that it is about: `devices~2`, and `plans~0` for a new
 * one. Buttons of other kinds, and those that say it already, are left as they are.
 */
export function withSubscription(
  data: string,
  choice: SubscriptionChoice,
  kinds: readonly ButtonKind[] = subscriptionButtons,
): string {
  if (readSubscription(data).choice !== undefined) return data;
  if (!kinds.some(({ pattern }) => pattern.test(data))) return data;
  return `${data}${sign}${choice === "new" ? ofNew : choice}`;
}

/** A button's data, and the subscription that it names; undefined: it names none. */
export function readSubscription(data: string): {
  readonly data: string;
  readonly choice: SubscriptionChoice | undefined;
} {
  const match = /^(.*)~(\d{1,3})$/u.exec(data);
  if (match === null) return { data, choice: undefined };
  const number = Number(match[2]);
  return { data: match[1] ?? "", choice: number === ofNew ? "new" : number };
}
