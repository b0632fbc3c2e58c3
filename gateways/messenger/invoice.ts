import { Refused } from "../refused.ts";
import type { InvoiceMessage } from "./port.ts";

/** The Bot API's limits: characters of the texts, bytes of the payload. */
const limits = { title: 32, description: 255, payloadBytes: 128 } as const;

/**
 * The invoice with its texts cut to the Bot API's limits. @throws Refused
 * where cutting would not help.
 */
export function fitInvoice(invoice: InvoiceMessage): InvoiceMessage {
  const { title, description, payload, price } = invoice;
  const bytes = Buffer.byteLength(payload);
  if (bytes < 1 || bytes > limits.payloadBytes) {
    throw new Refused(`an invoice's payload has 1 to ${limits.payloadBytes} bytes, not ${bytes}`);
  }
  if (!Number.isSafeInteger(price) || price < 1) {
    throw new Refused(`an invoice asks for whole Stars, at least one, not ${price}`);
  }
  if (title.trim() === "" || description.trim() === "") {
    throw new Refused("an invoice needs a title and a description");
  }
  return {
    ...invoice,
    title: cut(title, limits.title),
    description: cut(description, limits.description),
  };
}

const segments = new Intl.Segmenter();

/** Cuts to `most` UTF-16 units, and never inside a grapheme. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let fitting = "";
  for (const { segment } of segments.segment(text)) {
    if (fitting.length + segment.length + 1 > most) break;
    fitting += segment;
  }
  return `${fitting}…`;
}
