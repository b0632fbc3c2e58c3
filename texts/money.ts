import type { Language } from "../domain/people/customer.ts";
import { decimals, type Money } from "../domain/money.ts";
import type { AdminNotice } from "../domain/messaging/notice.ts";
import { escapeHtml, textsIn } from "./index.ts";

const signs = { XTR: "⭐", RUB: "₽", USD: "$", EUR: "€", USDT: "USDT", GRAM: "GRAM" } as const;

/** Money as people write it: `199 ₽`, `1.5 USDT`, `250 ⭐`. Exact to the last minor unit. */
export function moneyIn(language: Language, { minor, currency }: Money): string {
  const places = decimals[currency];
  const format = formatOf(textsIn(language).locale, places);
  // A decimal text keeps digits that a floating number would lose.
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const cut = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return `${minor < 0 ? "−" : ""}${format.format(text as `${number}`)} ${signs[currency]}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/** Made once: making one takes longer than hundreds of uses. */
function formatOf(locale: string, places: number): Intl.NumberFormat {
  const name = `${locale}/${places}`;
  const known = formats.get(name);
  if (known !== undefined) return known;
  const options = { maximumFractionDigits: places, minimumFractionDigits: 0 };
  const made = new Intl.NumberFormat(locale, options);
  formats.set(name, made);
  return made;
}

/** What admins are told, in Telegram's HTML. */
export function renderAdminNotice(language: Language, notice: AdminNotice): string {
  const texts = textsIn(language);
  if (notice.kind === "messageNotSent") {
    return texts.forAdmins.messageNotSent(notice.content, notice.reason);
  }
  if (notice.kind === "hostAway") {
    return texts.forAdmins.hostAway(escapeHtml(notice.host), escapeHtml(notice.trouble));
  }
  if (notice.kind === "hostBack") return texts.forAdmins.hostBack(escapeHtml(notice.host));
  const gateway = texts.gatewayName(notice.gateway);
  switch (notice.kind) {
    case "unmatchedMoney":
    case "chargedBack":
    case "returnedOutside":
    case "creditedBlocked":
    case "refundReturned":
    case "refundWaits":
    case "unmatchedReturned":
    case "debt":
      return texts.forAdmins[notice.kind](gateway, moneyIn(language, notice.amount));
    case "foundAndFixed":
    case "linesSkipped":
      return texts.forAdmins[notice.kind](gateway, notice.count);
    case "refundNotAgreed":
      return texts.forAdmins.refundNotAgreed[notice.how](gateway, moneyIn(language, notice.amount));
    case "refundRefused":
      return texts.forAdmins.refundRefused(gateway, moneyIn(language, notice.amount), notice.why);
    case "quarantined":
    case "inconsistent":
      return texts.forAdmins[notice.kind](gateway, notice.reason);
  }
}
