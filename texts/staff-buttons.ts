import {
  adminMenuButton,
  customerButton,
  homeButton,
  paymentButton,
  pendingButton,
  unmatchedButton,
} from "../domain/messaging/buttons.ts";
import type { Notice } from "../domain/messaging/notice.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { Texts } from "./index.ts";
import type { Keyboard, NoticeButton } from "./keyboard.ts";

const staffAnswers = [
  "actDone",
  "actWaits",
  "actRefused",
  "unmatchedResolved",
  "refundNotOpened",
] as const satisfies readonly Notice["kind"][];

/** An answer to an act of one of the shop's people. */
export type StaffAnswer = Extract<Notice, { readonly kind: (typeof staffAnswers)[number] }>;

/** Whether a notice answers an act. */
export const isStaffAnswer = (notice: Notice): notice is StaffAnswer =>
  (staffAnswers as readonly Notice["kind"][]).includes(notice.kind);

/** The ways on from the answer to an act: whom it was about, and the list that it came from. */
export function staffButtons(texts: Texts, notice: StaffAnswer): Keyboard {
  const { operations, messaging, payments } = texts;
  const menu = { text: messaging.menu.admin, data: adminMenuButton.data({ place: "new" }) };
  // Whoever may not do it may not open the lists either, and may be nobody's colleague any more.
  if (isRefused(notice)) return [[{ text: messaging.menu.home, data: homeButton.data({}) }]];
  const requests = { text: operations.menu.requests, data: pendingButton.data({ place: "new" }) };
  switch (notice.kind) {
    case "actDone":
    case "actWaits":
      return [...card(texts, notice.customer), [notice.act === "undo" ? requests : menu]];
    case "actRefused": {
      const isAboutRequest = notice.why === "undone" || notice.why === "tooLate";
      return [...card(texts, notice.customer), [isAboutRequest ? requests : menu]];
    }
    case "unmatchedResolved": {
      const list = {
        text: operations.menu.unmatched,
        data: unmatchedButton.data({ page: 1, place: "new" }),
      };
      return [...card(texts, notice.charge?.given?.customer), [list]];
    }
    case "refundNotOpened": {
      const { paymentId: id } = notice;
      const payment = id && { text: payments.payment.open, data: paymentButton.data({ id }) };
      return [...(payment ? [[payment]] : []), [menu]];
    }
  }
}

/** Their role does not allow it. */
const isRefused = (notice: StaffAnswer): boolean =>
  ("why" in notice && notice.why === "notAdmin") ||
  (notice.kind === "unmatchedResolved" && notice.resolved.kind === "notAdmin");

const card = (
  { operations }: Texts,
  id: TelegramId | undefined,
): readonly (readonly NoticeButton[])[] =>
  id === undefined ? [] : [[{ text: operations.sale.card, data: customerButton.data({ id }) }]];
