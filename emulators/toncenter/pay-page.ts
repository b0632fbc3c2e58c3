import { document, escapeHtml } from "../kit/html.ts";
import type { WantedPayment } from "./pay-link.ts";

/** What the page says of how a payment went. */
export interface Outcome {
  readonly title: string;
  readonly text: string;
  readonly isGood: boolean;
}

/** A wallet's "send" screen for one payment. Asks nothing of the browser but HTML. */
export function payPage(wanted: WantedPayment, id: string): string {
  const hidden = { id, to: wanted.to, amount: wanted.amount, jetton: wanted.jetton };
  const fields = Object.entries({ ...hidden, comment: wanted.comment, exp: wanted.exp });
  const inputs = fields
    .filter(([, value]) => value !== undefined && value !== "")
    .map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value ?? "")}">`,
    );
  const comment = wanted.comment === "" ? "" : row("With the comment", wanted.comment);
  return page(
    "Pay from a wallet",
    `<p class="amount">${escapeHtml(wanted.shownAmount)}</p>
<dl>${row("Coin", wanted.coin)}${row("To", wanted.to)}${comment}</dl>
<form method="post" action="/pay">${inputs.join("")}
<label class="field">From the wallet of
<input name="from" value="customer" required maxlength="40" pattern="[A-Za-z0-9_\\-]+"
title="letters, digits, _ and -" autocomplete="off"></label>
<button type="submit">Pay ${escapeHtml(wanted.shownAmount)}</button></form>`,
  );
}

/** The page after a payment, or in place of one that cannot be paid. */
export function outcomePage({ title, text, isGood }: Outcome): string {
  const role = isGood ? 'role="status" class="good"' : 'role="alert" class="bad"';
  return page(title, `<p ${role}><strong>${escapeHtml(text)}</strong></p>`);
}

const row = (name: string, value: string): string =>
  `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`;

const page = (title: string, content: string): string =>
  document({
    language: "en",
    title,
    content: `<h1>${escapeHtml(title)}</h1>\n${content}`,
    note: "This wallet and its money exist on this machine only.",
  });
