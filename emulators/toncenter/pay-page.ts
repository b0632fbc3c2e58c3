import type { WantedPayment } from "./pay-link.ts";

/** What the page says of how a payment went. */
export interface Outcome {
  readonly title: string;
  readonly text: string;
  readonly isGood: boolean;
}

const style = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { margin: 0; padding: 1rem; display: grid; justify-content: center }
  main { width: min(26rem, calc(100vw - 2rem)) }
  h1 { font-size: 1.4rem }
  dl { display: grid; gap: .25rem; margin: 1rem 0 }
  dt { opacity: .75; font-size: .875rem }
  dd { margin: 0 0 .5rem; overflow-wrap: anywhere }
  label { display: block; margin: 1rem 0 .25rem }
  input, button { box-sizing: border-box; width: 100%; min-height: 3rem; padding: .5rem .75rem;
    border: 1px solid GrayText; border-radius: .5rem; font: inherit }
  button { margin-top: 1rem; border: 0; background: #0a6ebd; color: #fff; font-weight: 600;
    cursor: pointer }
  :focus-visible { outline: 3px solid #f0a000; outline-offset: 2px }
  .note { border-left: 4px solid #b00020; padding-left: .75rem }
  .good { border-color: #18794e }
`;

/** A wallet's "send" screen for one payment. Asks nothing of the browser but HTML. */
export function payPage(wanted: WantedPayment, id: string): string {
  const hidden = { id, to: wanted.to, amount: wanted.amount, jetton: wanted.jetton };
  const fields = Object.entries({ ...hidden, comment: wanted.comment, exp: wanted.exp });
  const inputs = fields
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value ?? "")}">`);
  return page(
    "Pay from a wallet",
    `<p>This wallet and its money exist on this machine only.</p>
    <dl>${row("To", wanted.to)}${row("Amount", wanted.shownAmount)}
    ${wanted.comment === "" ? "" : row("Comment", wanted.comment)}</dl>
    <form method="post" action="/pay">${inputs.join("")}
    <label for="from">Pay from the wallet of</label>
    <input id="from" name="from" value="customer" required maxlength="40" pattern="[A-Za-z0-9_\\-]+"
      title="letters, digits, _ and -" autocomplete="off">
    <button type="submit">Pay ${escape(wanted.shownAmount)}</button></form>`,
  );
}

export function outcomePage({ title, text, isGood }: Outcome): string {
  const role = isGood ? "status" : "alert";
  const name = isGood ? "note good" : "note";
  return page(title, `<p class="${name}" role="${role}">${escape(text)}</p>`);
}

const row = (name: string, value: string): string =>
  `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`;

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head>
<body><main><h1>${escape(title)}</h1>${content}</main></body></html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
