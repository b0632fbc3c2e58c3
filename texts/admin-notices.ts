import type { AdminNotice } from "../domain/messaging/notice.ts";
import type { Language } from "../domain/people/customer.ts";
import { escapeHtml, textsIn } from "./index.ts";
import { moneyIn } from "./money.ts";

/** What a notice says to an admin who speaks `language`, in Telegram's HTML. */
export function renderAdminNotice(language: Language, notice: AdminNotice): string {
  const { operations, payments } = textsIn(language);
  const say = operations.notice;
  if (notice.kind === "messageNotSent") return say.messageNotSent(notice.content, notice.reason);
  if (notice.kind === "hostBack") return say.hostBack(escapeHtml(notice.host));
  if (notice.kind === "hostAway") {
    return say.hostAway(escapeHtml(notice.host), escapeHtml(notice.trouble));
  }
  if (notice.kind === "channelUnreadable") {
    return say.channelUnreadable(escapeHtml(notice.channel), notice.reason);
  }
  const gateway = payments.gateway.name(notice.gateway);
  switch (notice.kind) {
    case "unmatchedMoney":
    case "chargedBack":
    case "returnedOutside":
    case "creditedBlocked":
    case "refundReturned":
    case "refundWaits":
    case "unmatchedReturned":
    case "debt":
      return say[notice.kind](gateway, moneyIn(language, notice.amount));
    case "foundAndFixed":
    case "linesSkipped":
      return say[notice.kind](gateway, notice.count);
    case "refundNotAgreed": {
      const tell = notice.how === "rejected" ? say.refundRejected : say.refundLapsed;
      return tell(gateway, moneyIn(language, notice.amount));
    }
    case "refundRefused":
      return say.refundRefused(gateway, moneyIn(language, notice.amount), notice.why);
    case "quarantined":
    case "inconsistent":
      return say[notice.kind](gateway, notice.reason);
  }
}
