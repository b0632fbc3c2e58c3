import { document, escapeHtml } from "../kit/html.ts";
import { inSameLanguage, type Language } from "../kit/languages.ts";
import type { Request } from "../kit/http.ts";
import type { WantedPayment } from "./pay-link.ts";
import { textsIn } from "./texts.ts";

/** What the page says of how a payment went. */
export interface Outcome {
  readonly title: string;
  readonly text: string;
  readonly isGood: boolean;
}

interface Showing {
  /** Pays once, however often the button is pressed. */
  readonly id: string;
  readonly language: Language;
  /** The form is sent to an address that names the same language. */
  readonly request: Pick<Request, "query">;
}

/** A wallet's "send" screen for one payment. Asks nothing of the browser but HTML. */
export function payPage(wanted: WantedPayment, { id, language, request }: Showing): string {
  const texts = textsIn(language);
  const hidden = { id, to: wanted.to, amount: wanted.amount, jetton: wanted.jetton };
  const fields = Object.entries({ ...hidden, comment: wanted.comment, exp: wanted.exp });
  const inputs = fields
    .filter(([, value]) => value !== undefined && value !== "")
    .map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value ?? "")}">`,
    );
  const comment = wanted.comment === "" ? "" : row(texts.comment, wanted.comment);
  const content = `<p class="amount">${escapeHtml(wanted.shownAmount)}</p>
<dl>${row(texts.coin, wanted.coin)}${row(texts.to, wanted.to)}${comment}</dl>
<form method="post" action="${inSameLanguage("/pay", request)}">${inputs.join("")}
<label class="field">${texts.from}
<input name="from" value="customer" required maxlength="40" pattern="[A-Za-z0-9_\\-]+"
title="${texts.letters}" autocomplete="off"></label>
<button type="submit">${escapeHtml(texts.pay(wanted.shownAmount))}</button></form>`;
  return page(texts.title, content, language);
}

/** The page after a payment, or in place of one that cannot be paid. */
export function outcomePage({ title, text, isGood }: Outcome, language: Language): string {
  const role = isGood ? 'role="status" class="good"' : 'role="alert" class="bad"';
  return page(title, `<p ${role}><strong>${escapeHtml(text)}</strong></p>`, language);
}

const row = (name: string, value: string): string =>
  `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`;

const page = (title: string, content: string, language: Language): string =>
  document({
    language,
    title,
    content: `<h1>${escapeHtml(title)}</h1>\n${content}`,
    note: textsIn(language).emulated,
  });
