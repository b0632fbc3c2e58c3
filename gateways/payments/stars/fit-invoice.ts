import { Refused } from "../../refused.ts";
import type { InvoiceText } from "../port.ts";

/** The Bot API's limits, in characters. @see https://core.telegram.org/bots/api#createinvoicelink */
const limits = { title: 32, description: 255 } as const;

/**
 * The texts of an invoice cut to the Bot API's limits.
 * @throws Refused where one is empty.
 */
export function fitInvoice({ title, description }: InvoiceText): InvoiceText {
  if (title.trim() === "" || description.trim() === "") {
    throw new Refused("an invoice needs a title and a description");
  }
  return {
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
