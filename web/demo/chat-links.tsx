import { createContext, type ReactNode, useContext } from "react";
import { type Reader, targetOf } from "./links.ts";

/** What the links of a chat need of it. */
export interface ChatLinks extends Reader {
  readonly openInvoice: (link: string) => void;
  readonly write: (text: string) => void;
}

const nowhere: ChatLinks = {
  language: undefined,
  username: undefined,
  openInvoice: () => undefined,
  write: () => undefined,
};

/** Says in whose chat its children are. */
export const ChatLinksContext = createContext<ChatLinks>(nowhere);

interface ChatLinkProps {
  readonly link: string;
  readonly className: string;
  /** What stands there when the link leads nowhere. */
  readonly otherwise: ReactNode;
  /** Follows what leads out of the page, for the eye. */
  readonly mark?: ReactNode;
  readonly children: ReactNode;
}

/** A link in a message or a button: to a page in a tab of its own, to an invoice, to the bot. */
export function ChatLink({ link, className, otherwise, mark, children }: ChatLinkProps) {
  const chat = useContext(ChatLinksContext);
  const target = targetOf(link, chat);
  if (target === undefined) return otherwise;
  if (target.kind === "page") {
    return (
      <a className={className} href={target.href} target="_blank" rel="noopener noreferrer">
        {children}
        {mark}
      </a>
    );
  }
  const follow = () =>
    target.kind === "invoice" ? chat.openInvoice(target.link) : chat.write(target.text);
  return (
    <button type="button" className={className} onClick={follow}>
      {children}
    </button>
  );
}
