import {
  customerButton,
  paymentButton,
  settingButton,
  ticketButton,
  unmatchedButton,
  unmatchedChargeButton,
} from "../domain/messaging/buttons.ts";
import type { AdminNotice } from "../domain/messaging/admin-notice.ts";
import type { NoticeSubject } from "./facts.ts";
import type { Texts } from "./index.ts";
import type { Keyboard } from "./keyboard.ts";

/** Where a notice to admins leads on: its customer and payment, or what waits for a decision. */
export function adminNoticeButtons(
  { operations, payments, people }: Texts,
  notice: AdminNotice,
  { owner, origin }: NoticeSubject,
): Keyboard | undefined {
  if (notice.kind === "unmatchedMoney") {
    const list = {
      text: operations.menu.unmatched,
      data: unmatchedButton.data({ page: 1, place: "new" }),
    };
    if (origin === undefined) return [[list]];
    const { key } = origin;
    return [
      [{ text: payments.unmatched.openThis, data: unmatchedChargeButton.data({ key }) }],
      [list],
    ];
  }
  if (notice.kind === "channelUnreadable") {
    const { channels } = operations.settings.names;
    return [[{ text: channels, data: settingButton.data({ key: "channels" }) }]];
  }
  if (notice.kind === "answerNotDelivered") {
    const { customer: id } = notice;
    return [
      [
        { text: operations.sale.card, data: customerButton.data({ id }) },
        { text: people.act.conversation, data: ticketButton.data({ id }) },
      ],
    ];
  }
  if (!("paymentId" in notice) || notice.paymentId === undefined || owner === undefined) {
    return undefined;
  }
  const { telegramId: id } = owner;
  return [
    [
      { text: operations.sale.card, data: customerButton.data({ id }) },
      { text: payments.payment.open, data: paymentButton.data({ id: notice.paymentId }) },
    ],
  ];
}
