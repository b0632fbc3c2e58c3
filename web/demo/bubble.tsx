import { cn } from "../ui/cn.ts";
import { timeText } from "./clock.ts";
import { DocumentCard } from "./document-card.tsx";
import { InlineKeyboard } from "./inline-keyboard.tsx";
import { Photo } from "./photo.tsx";
import { starsText } from "./receipt.tsx";
import { RichText } from "./rich-text.tsx";
import { fileUrl } from "./telegram.ts";
import { type Invoice, largest, type Message, type Quoted } from "./wire.ts";

/** What a person can do to a message. */
export interface BubbleActions {
  readonly press: (messageId: number, data: string) => Promise<void>;
  readonly write: (text: string) => Promise<boolean>;
  /** Settles when the money has moved or it is known that it will not. */
  readonly pay: (messageId: number) => Promise<void>;
}

/** A message, and who looks at it. */
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
  const keyboard = message.reply_markup?.inline_keyboard;
  return (
    <article
      aria-label={`${own ? "You" : message.from.first_name}, ${timeText(message.date)}`}
      className={cn("flex max-w-[min(34rem,88%)] flex-col", own ? "self-end" : "self-start")}
    >
      <div
        className={cn(
          "rounded-2xl px-3.5 py-2 text-[0.9375rem]/normal shadow-xs",
          own ? "rounded-br-md bg-outgoing" : "rounded-bl-md bg-incoming",
        )}
      >
        {message.reply_to_message && <Quote quoted={message.reply_to_message} />}
        <Content {...props} />
        <Stamp message={message} own={own} />
      </div>
      {keyboard !== undefined && keyboard.length > 0 && (
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
        />
      )}
      {!shown && <p className="italic">This demo cannot show this kind of message.</p>}
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

function Stamp({ message, own }: { message: Message; own: boolean }) {
  return (
    <p
      className={cn(
        "mt-0.5 text-right text-[0.6875rem] leading-none tabular-nums",
        own ? "text-outgoing-muted" : "text-muted",
      )}
    >
      {message.edit_date !== undefined && "edited "}
      <time dateTime={new Date(message.date * 1_000).toISOString()}>{timeText(message.date)}</time>
    </p>
  );
}
