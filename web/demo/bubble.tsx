import { CheckCheck } from "lucide-react";
import { cn } from "../ui/cn.ts";
import { timeText } from "./clock.ts";
import { DocumentCard } from "./document-card.tsx";
import { InlineKeyboard } from "./inline-keyboard.tsx";
import { Photo } from "./photo.tsx";
import { starsText } from "./receipt.tsx";
import { RichText } from "./rich-text.tsx";
import { fileUrl, type Payable } from "./telegram.ts";
import { type Invoice, largest, type Message, type Quoted } from "./wire.ts";

/** What a person can do with a message. */
export interface BubbleActions {
  readonly press: (messageId: number, data: string) => Promise<void>;
  readonly write: (text: string) => Promise<boolean>;
  /** Settles when the money has moved or it is known that it will not. */
  readonly pay: (bill: Payable) => Promise<void>;
}

/** A message with what can be done with it. */
export interface BubbleProps {
  readonly person: number;
  readonly message: Message;
  readonly canTryKey: boolean;
  /** This is an invoice and has its receipt. */
  readonly paid: boolean;
  readonly actions: BubbleActions;
}

/** One message as it stands now, with its buttons under it. */
export function Bubble(props: BubbleProps) {
  const { message, paid, actions } = props;
  const own = !message.from.is_bot;
  const keyboard = message.reply_markup?.inline_keyboard ?? [];
  return (
    <article
      aria-label={`${own ? "You" : message.from.first_name}, ${timeText(message.date)}`}
      className={cn(
        "flex max-w-[min(34rem,88%)] flex-col",
        own ? "self-end" : "self-start",
        // Buttons with room for their words, however short the message is.
        keyboard.length > 0 && "min-w-[min(34rem,70%)]",
      )}
    >
      <div
        className={cn(
          "relative rounded-2xl px-3 py-1.5 text-[0.9375rem]/normal shadow-xs",
          own ? "rounded-br-none tail-right bg-outgoing" : "bg-incoming",
          !own && (keyboard.length > 0 ? "rounded-b-md" : "rounded-bl-none tail-left"),
        )}
      >
        {message.reply_to_message && <Quote quoted={message.reply_to_message} />}
        <Content {...props} />
      </div>
      {keyboard.length > 0 && (
        <InlineKeyboard
          rows={keyboard}
          paid={paid}
          onPress={(data) => actions.press(message.message_id, data)}
          onPay={() => actions.pay(message.message_id)}
        />
      )}
    </article>
  );
}

function Content({ person, message, canTryKey, actions }: BubbleProps) {
  const photo = largest(message.photo ?? []);
  const words = message.text ?? message.caption;
  const onCommand = (command: string) => void actions.write(command);
  const { document, invoice } = message;
  const shown = [photo, document, invoice, words].some((part) => part !== undefined);
  return (
    <>
      {photo && (
        <Photo url={fileUrl(person, photo.file_id)} size={photo} caption={message.caption} />
      )}
      {document && <DocumentCard person={person} document={document} canTryKey={canTryKey} />}
      {invoice && <InvoiceCard invoice={invoice} />}
      {words !== undefined && (
        <RichText
          text={words}
          entities={message.entities ?? message.caption_entities}
          onCommand={onCommand}
        >
          <Stamp message={message} />
        </RichText>
      )}
      {!shown && <p className="italic">This demo cannot show this kind of message.</p>}
      {words === undefined && (
        <div className="flow-root">
          <Stamp message={message} />
        </div>
      )}
    </>
  );
}

/** What is sold; the button under it has the price too, until it is paid. */
function InvoiceCard({ invoice }: { invoice: Invoice }) {
  return (
    <div className="max-w-72 wrap-anywhere">
      <p className="font-semibold text-accent">{invoice.title}</p>
      <p>{invoice.description}</p>
      <p className="mt-1 text-xs font-medium text-muted">
        Invoice, {starsText(invoice.total_amount)}
      </p>
    </div>
  );
}

function Quote({ quoted }: { quoted: Quoted }) {
  return (
    <p className="mb-1 line-clamp-2 border-l-3 border-accent pl-2 text-sm text-accent">
      {quoted.text ?? quoted.caption ?? quoted.invoice?.title ?? "A file"}
    </p>
  );
}

function Stamp({ message }: { message: Message }) {
  const own = !message.from.is_bot;
  return (
    <p
      className={cn(
        "float-right mt-1.5 ml-3 flex h-3.5 items-center gap-1 text-[0.75rem] leading-none tabular-nums",
        own ? "text-outgoing-muted" : "text-muted",
      )}
    >
      {message.edit_date !== undefined && <span>edited </span>}
      <time dateTime={new Date(message.date * 1_000).toISOString()}>{timeText(message.date)}</time>
      {own && <CheckCheck aria-hidden className="size-3.5" />}
    </p>
  );
}
