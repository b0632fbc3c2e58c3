import { escapeHtml, type Texts } from "./index.ts";
import { truncate } from "./truncate.ts";

/** Where money came from, as its gateway said. */
interface Origin {
  /** The wallet that it came from. */
  readonly sender: string | undefined;
  /** What its sender wrote. */
  readonly comment: string | undefined;
}

const longestWallet = 80;

/** Where money came from, a line each; of the comment at most `longest` characters. */
export function transferLines(
  { texts }: { readonly texts: Texts },
  { sender, comment }: Origin,
  longest: number,
): readonly string[] {
  const { wallet, comment: wrote } = texts.payments.transfer;
  return [
    ...(sender === undefined ? [] : [wallet(escapeHtml(truncate(sender, longestWallet)))]),
    ...(comment === undefined ? [] : [wrote(truncate(comment, longest))]),
  ];
}

/** How much of a comment is read on a page of its own, and in a list. */
export const commentLengths = { page: 300, list: 60 } as const;
