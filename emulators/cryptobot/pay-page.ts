import { document, escapeHtml } from "../kit/html.ts";
import { dueAmount, payableAssets } from "./conversion.ts";
import type { Currencies } from "./currencies.ts";
import type { Invoice } from "./invoices.ts";

const price = (amount: string, code: string): string => `${escapeHtml(amount)} ${escapeHtml(code)}`;

/** The page behind an invoice's link. */
export function payPage(invoice: Invoice, currencies: Currencies): string {
  const asked = price(invoice.amount, invoice.fiat ?? invoice.asset ?? "");
  const heading = `<h1>Invoice ${invoice.invoice_id}</h1>\n<p class="amount">${asked}</p>`;
  const about = invoice.description ? `<p class="said">${escapeHtml(invoice.description)}</p>` : "";
  const title = `Pay ${invoice.amount} ${invoice.fiat ?? invoice.asset}`;
  return page(title, [heading, about, ending(invoice, currencies)].join("\n"));
}

function ending(invoice: Invoice, currencies: Currencies): string {
  switch (invoice.status) {
    case "active":
      return form(invoice, currencies);
    case "expired":
      return '<p role="status"><strong>This invoice has expired.</strong> Ask for a new one.</p>';
    case "paid":
      return receipt(invoice);
  }
}

function form(invoice: Invoice, currencies: Currencies): string {
  return `<form method="post">
${choice(invoice, currencies)}
<button type="submit">Pay</button>
</form>
${expiry(invoice)}`;
}

/** Only a fiat invoice offers a choice of assets. */
function choice(invoice: Invoice, currencies: Currencies): string {
  if (invoice.fiat === undefined) return "";
  const options = payableAssets(invoice, currencies).map((asset, index) => {
    const input = `<input type="radio" name="asset" value="${escapeHtml(asset)}" required`;
    const due = price(dueAmount(invoice, asset, currencies), asset);
    const checked = index === 0 ? " checked" : "";
    return `<label>${input}${checked}><span>${escapeHtml(asset)}</span><span>${due}</span></label>`;
  });
  return `<fieldset>\n<legend>Pay with</legend>\n${options.join("\n")}\n</fieldset>`;
}

function expiry({ expiration_date }: Invoice): string {
  if (expiration_date === undefined) return "";
  const minute = `${expiration_date.slice(0, 10)} ${expiration_date.slice(11, 16)} UTC`;
  return `<p class="note">Pay before ${minute}.</p>`;
}

const buttons: Readonly<Record<string, string>> = {
  viewItem: "View item",
  openChannel: "Open channel",
  openBot: "Open bot",
  callback: "Return",
};

function receipt({ paid, hidden_message, paid_btn_name, paid_btn_url }: Invoice): string {
  const sum = paid ? price(paid.paid_amount, paid.paid_asset) : "";
  const done = `<p role="status" class="good"><strong>Paid: ${sum}</strong></p>`;
  const message = hidden_message ? `<p>${escapeHtml(hidden_message)}</p>` : "";
  const name = escapeHtml(buttons[paid_btn_name ?? ""] ?? "Return");
  const link = paid_btn_url
    ? `<a class="button" rel="noreferrer" href="${escapeHtml(paid_btn_url)}">${name}</a>`
    : "";
  return [done, message, link].filter(Boolean).join("\n");
}

/** What is shown instead of an invoice, or after a form that could not be carried out. */
export const errorPage = (heading: string, text: string): string =>
  page(heading, `<h1>${escapeHtml(heading)}</h1>\n<p role="alert">${escapeHtml(text)}</p>`);

const page = (title: string, content: string): string =>
  document({
    language: "en",
    title,
    content,
    note: "This is an emulated payment: no money moves.",
  });
