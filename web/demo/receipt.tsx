import type { ReactNode } from "react";
import { dateText } from "./clock.ts";
import type { Message } from "./wire.ts";

const whole = new Intl.NumberFormat("en-GB");

/** Stars as they are written beside what they pay for. */
export const starsText = (amount: number): string => `⭐ ${whole.format(amount)}`;

/** What Telegram itself says in a chat when Stars have moved; nothing for a message of people. */
export function receiptOf(message: Message): ReactNode {
  const { successful_payment: paid, refunded_payment: returned, from } = message;
  if (paid) {
    const title = message.invoice_name ?? message.reply_to_message?.invoice?.title;
    const until = paid.subscription_expiration_date;
    return (
      <>
        You paid <strong className="font-semibold">{starsText(paid.total_amount)}</strong>
        {title !== undefined && ` for ${title}`}
        {until !== undefined && `. The subscription is paid until ${dateText(until)}`}.
      </>
    );
  }
  if (!returned) return undefined;
  return `${from.first_name} gave you ${starsText(returned.total_amount)} back.`;
}

/** A line between the bubbles. */
export function ServiceLine({ children }: { children: ReactNode }) {
  return (
    <p
      className={
        "my-1 max-w-[88%] self-center rounded-2xl bg-key px-3.5 py-1.5 text-center text-sm " +
        "wrap-anywhere text-on-key"
      }
    >
      {children}
    </p>
  );
}
