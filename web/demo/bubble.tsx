import { classNames } from "../ui/class-names.ts";
import { timeText } from "./clock.ts";
import { DocumentCard } from "./document-card.tsx";
import { InlineKeyboard } from "./inline-keyboard.tsx";
import { Photo } from "./photo.tsx";
import { RichText } from "./rich-text.tsx";
import { fileUrl } from "./telegram.ts";
import { largest, type Message, type Quoted } from "./wire.ts";

export interface BubbleActions {
  readonly press: (messageId: number, data: string) => Promise<void>;
  readonly write: (text: string) => Promise<boolean>;
}

interface BubbleProps {
  readonly person: number;
  readonly message: Message;
  readonly canTryKey: boolean;
  readonly actions: BubbleActions;
}

/** One message as it stands now, with its buttons under it. */
export function Bubble({ person, message, canTryKey, actions }: BubbleProps) {
  const own = !message.from.is_bot;
  const keyboard = message.reply_markup?.inline_keyboard;
  return (
    <article
      aria-label={`${own ? "You" : message.from.first_name}, ${timeText(message.date)}`}
      className={classNames(
        "flex max-w-[min(34rem,88%)] flex-col",
        own ? "self-end" : "self-start",
      )}
    >
      <div
        className={classNames(
          "rounded-2xl px-3.5 py-2 text-[0.9375rem]/normal shadow-xs",
          own ? "rounded-br-md bg-outgoing" : "rounded-bl-md bg-incoming",
        )}
      >
        {message.reply_to_message && <Quote quoted={message.reply_to_message} />}
        <Content {...{ person, message, canTryKey, actions }} />
        <Stamp message={message} own={own} />
      </div>
      {keyboard !== undefined && keyboard.length > 0 && (
        <InlineKeyboard
          rows={keyboard}
          onPress={(data) => actions.press(message.message_id, data)}
        />
      )}
    </article>
  );
}

function Content({ person, message, canTryKey, actions }: BubbleProps) {
  const photo = largest(message.photo ?? []);
  const words = message.text ?? message.caption;
  const onCommand = (command: string) => void actions.write(command);
  const shown = photo !== undefined || message.document !== undefined || words !== undefined;
  return (
    <>
      {photo && (
        <Photo url={fileUrl(person, photo.file_id)} size={photo} caption={message.caption} />
      )}
      {message.document && (
        <DocumentCard person={person} document={message.document} canTryKey={canTryKey} />
      )}
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

function Quote({ quoted }: { quoted: Quoted }) {
  return (
    <p className="mb-1 line-clamp-2 border-l-3 border-accent pl-2 text-sm text-accent">
      {quoted.text ?? quoted.caption ?? "A file"}
    </p>
  );
}

function Stamp({ message, own }: { message: Message; own: boolean }) {
  return (
    <p
      className={classNames(
        "mt-0.5 text-right text-[0.6875rem] leading-none tabular-nums",
        own ? "text-outgoing-muted" : "text-muted",
      )}
    >
      {message.edit_date !== undefined && "edited "}
      <time dateTime={new Date(message.date * 1_000).toISOString()}>{timeText(message.date)}</time>
    </p>
  );
}
