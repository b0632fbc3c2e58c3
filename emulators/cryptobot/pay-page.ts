import { document, escapeHtml } from "../kit/html.ts";
import type { Language } from "../kit/languages.ts";
import { dueAmount, payableAssets } from "./conversion.ts";
import type { Currencies } from "./currencies.ts";
import type { Invoice } from "./invoices.ts";
import { type Texts, textsIn } from "./texts.ts";

const price = (amount: string, code: string): string => `${escapeHtml(amount)} ${escapeHtml(code)}`;

/** The page behind an invoice's link. */
export function payPage(invoice: Invoice, currencies: Currencies, language: Language): string {
  const texts = textsIn(language);
  const asked = price(invoice.amount, invoice.fiat ?? invoice.asset ?? "");
  const heading = `<h1>${texts.invoice(invoice.invoice_id)}</h1>\n<p class="amount">${asked}</p>`;
  const about = invoice.description ? `<p class="said">${escapeHtml(invoice.description)}</p>` : "";
  const title = `${texts.pay} ${invoice.amount} ${invoice.fiat ?? invoice.asset}`;
  const content = [heading, about, ending(invoice, currencies, texts)].join("\n");
  return page({ title, content, language });
}

function ending(invoice: Invoice, currencies: Currencies, texts: Texts): string {
  switch (invoice.status) {
    case "active":
      return form(invoice, currencies, texts);
    case "expired":
      return `<p role="status"><strong>${texts.expired}</strong> ${texts.askAgain}</p>`;
    case "paid":
      return receipt(invoice, texts);
  }
}

function form(invoice: Invoice, currencies: Currencies, texts: Texts): string {
  return `<form method="post">
${choice(invoice, currencies, texts)}
<button type="submit">${texts.pay}</button>
</form>
${expiry(invoice, texts)}`;
}

/** Only a fiat invoice offers a choice of assets. */
function choice(invoice: Invoice, currencies: Currencies, texts: Texts): string {
  if (invoice.fiat === undefined) return "";
  const options = payableAssets(invoice, currencies).map((asset, index) => {
    const input = `<input type="radio" name="asset" value="${escapeHtml(asset)}" required`;
    const due = price(dueAmount(invoice, asset, currencies), asset);
    const checked = index === 0 ? " checked" : "";
    return `<label>${input}${checked}><span>${escapeHtml(asset)}</span><span>${due}</span></label>`;
  });
  return `<fieldset>\n<legend>${texts.payWith}</legend>\n${options.join("\n")}\n</fieldset>`;
}

function expiry({ expiration_date }: Invoice, texts: Texts): string {
  if (expiration_date === undefined) return "";
  const minute = `${expiration_date.slice(0, 10)} ${expiration_date.slice(11, 16)} UTC`;
  return `<p class="note">${texts.payBefore(minute)}</p>`;
}

function receipt(invoice: Invoice, texts: Texts): string {
  const { paid, hidden_message, paid_btn_name, paid_btn_url } = invoice;
  const sum = paid ? price(paid.paid_amount, paid.paid_asset) : "";
  const done = `<p role="status" class="good"><strong>${texts.paid(sum)}</strong></p>`;
  const message = hidden_message ? `<p>${escapeHtml(hidden_message)}</p>` : "";
  const name = escapeHtml(texts.buttons[paid_btn_name ?? ""] ?? texts.back);
  const link = paid_btn_url
    ? `<a class="button" rel="noreferrer" href="${escapeHtml(paid_btn_url)}">${name}</a>`
    : "";
  return [done, message, link].filter(Boolean).join("\n");
}

/** What is shown where a link leads to no invoice. */
export function unknownInvoicePage(language: Language): string {
  const { unknown, incomplete } = textsIn(language);
  const content = `<h1>${unknown}</h1>\n<p role="alert">${incomplete}</p>`;
  return page({ title: unknown, content, language });
}

interface PageParts {
  readonly title: string;
  readonly content: string;
  readonly language: Language;
}

const page = (parts: PageParts): string =>
  document({ ...parts, note: textsIn(parts.language).emulated });
