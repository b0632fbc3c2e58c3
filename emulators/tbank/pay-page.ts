import { document, escapeHtml } from "../kit/html.ts";
import type { Language } from "../kit/languages.ts";
import { testCards } from "./cards.ts";
import type { Payment } from "./payments.ts";
import { qrSvg } from "./qr.ts";
import { roubles, type Texts, textsIn } from "./texts.ts";

/** What the page shows beside the payment. */
export interface PageExtras {
  readonly language: Language;
  /** The payload of SBP's QR; undefined where SBP cannot pay this. */
  readonly qr?: string | undefined;
  /** What was wrong with what the person typed. */
  readonly mistake?: string | undefined;
}

/** The form, or the payment's outcome. A typed number is not shown again. */
export function payPage(payment: Payment, extras: PageExtras): string {
  const { orderId, amount, description } = payment;
  const { language } = extras;
  const texts = textsIn(language);
  const heading = texts.order(orderId);
  const sum = roubles(amount, language);
  const about = description ? `<p>${escapeHtml(description)}</p>` : "";
  const top = `<h1>${escapeHtml(heading)}</h1>\n<p class="amount">${sum}</p>`;
  const content = [top, about, stateOf(payment, texts, extras)].filter(Boolean).join("\n");
  return document({ language, title: `${heading}: ${sum}`, content, note: texts.emulated });
}

/** In both languages, since the payment that would name one is unknown. */
export function unknownPaymentPage(): string {
  const en = textsIn("en");
  const ru = textsIn("ru");
  const content = `<h1>${en.unknown}</h1>
<p role="alert">${en.incomplete}</p>
<p lang="ru">${ru.unknown}. ${ru.incomplete}</p>`;
  return document({ language: "en", title: en.unknown, content, note: en.emulated });
}

function stateOf(payment: Payment, texts: Texts, extras: PageExtras): string {
  const { taken, held, refunded } = payment;
  const { language } = extras;
  switch (payment.status) {
    case "NEW":
    case "FORM_SHOWED":
    case "REJECTED":
    case "AUTH_FAIL":
      return tryForm(payment, texts, extras);
    case "AUTHORIZING":
    case "3DS_CHECKING":
    case "3DS_CHECKED":
      return confirmation(texts);
    case "AUTHORIZED":
    case "PARTIAL_REVERSED":
      return good(texts.held(roubles(held, language))) + back(payment.successUrl, texts);
    case "CONFIRMING":
    case "CONFIRMED":
      return good(texts.paid(roubles(taken, language))) + back(payment.successUrl, texts);
    case "REFUNDING":
    case "ASYNC_REFUNDING":
    case "PARTIAL_REFUNDED":
    case "REFUNDED":
      return good(texts.returned(roubles(refunded, language))) + back(payment.successUrl, texts);
    case "REVERSING":
    case "REVERSED":
    case "CANCELED":
      return over(texts.canceled) + back(payment.failUrl, texts);
    case "DEADLINE_EXPIRED":
    case "ATTEMPTS_EXPIRED":
      return over(`${texts.expired} ${texts.askAgain}`) + back(payment.failUrl, texts);
  }
}

function tryForm(payment: Payment, texts: Texts, extras: PageExtras): string {
  const { qr, mistake, language } = extras;
  const { amount, dueAt, failUrl } = payment;
  const failure = mistake ?? failureOf(payment, texts);
  const alert = failure === undefined ? "" : `<p role="alert" class="bad">${failure}</p>`;
  const pay = texts.pay(roubles(amount, language));
  const form = `<form method="post">
<h2>${texts.byCard}</h2>
<label class="field">${texts.number}
<input name="number" inputmode="numeric" autocomplete="off" required maxlength="23"
value="${groupDigits(testCards[0].number)}"></label>
<label class="field">${texts.expires}
<input name="expires" inputmode="numeric" autocomplete="off" required maxlength="7"
value="12/49"></label>
<button name="do" value="card">${pay}</button>
</form>`;
  const list = testCards.map(({ name, number }) => {
    return `<li>${groupDigits(number)}: ${texts.cards[name]}</li>`;
  });
  const cards = `<p class="note">${texts.testCards}</p>\n<ul class="cards">${list.join("")}</ul>`;
  const moment = new Date(dueAt).toLocaleString(language, {
    timeZone: "Europe/Moscow",
    dateStyle: "long",
    timeStyle: "short",
  });
  const due = `<p class="note">${escapeHtml(texts.due(`${moment} (UTC+3)`))}</p>`;
  return [alert, form, cards, sbp(texts, qr), due, back(failUrl, texts)].filter(Boolean).join("\n");
}

function sbp(texts: Texts, qr: string | undefined): string {
  if (qr === undefined) return "";
  return `<details>
<summary>${texts.bySbp}</summary>
${qrSvg(qr, texts.qr)}
<form method="post"><button name="do" value="sbp">${texts.paidInBank}</button></form>
</details>`;
}

/** What the payer's bank shows, with two buttons in place of a code that was sent to a phone. */
const confirmation = (texts: Texts): string => `<form method="post">
<h2>${texts.isItYou}</h2>
<button name="do" value="3ds-yes">${texts.yes}</button>
<button name="do" value="3ds-no" class="quiet">${texts.no}</button>
</form>`;

function failureOf({ errorCode }: Payment, texts: Texts): string | undefined {
  if (errorCode === undefined) return undefined;
  const isPoor = ["103", "116", "1051"].includes(errorCode);
  const reason = isPoor ? texts.poor : errorCode === "101" ? texts.notThem : texts.refused;
  return `<strong>${texts.notPaid}</strong> ${reason} ${texts.again}`;
}

const groupDigits = (number: string): string => number.replace(/\d{4}(?=\d)/gu, "$& ");
const good = (text: string): string =>
  `<p role="status" class="good"><strong>${escapeHtml(text)}</strong></p>`;
const over = (text: string): string => `<p role="status"><strong>${escapeHtml(text)}</strong></p>`;
const back = (url: string | undefined, texts: Texts): string =>
  url === undefined
    ? ""
    : `\n<a class="button quiet" rel="noreferrer" href="${escapeHtml(url)}">${texts.back}</a>`;
