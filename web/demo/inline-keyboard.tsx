import { CircleCheck, ExternalLink, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { cn } from "../ui/cn.ts";
import { ChatLink } from "./chat-links.tsx";
import { webHref } from "./entities.ts";
import { useCopy } from "./rich-text.tsx";
import type { InlineButton } from "./wire.ts";

interface Pressing {
  /** Settles when the bot has answered or it is known that it will not. */
  readonly onPress: (data: string) => Promise<void>;
  /** Settles when the money has moved or it is known that it will not. */
  readonly onPay: () => Promise<void>;
  readonly paid: boolean;
}

interface InlineKeyboardProps extends Pressing {
  readonly rows: readonly (readonly InlineButton[])[];
}

/** The buttons under a message. A button that waits for the bot turns and takes no second press. */
export function InlineKeyboard({ rows, ...pressing }: InlineKeyboardProps) {
  return (
    <div className="mt-1 flex flex-col gap-1">
      {rows.map((row, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row has no name but its place.
        <div key={index} className="flex gap-1">
          {row.map((button) => (
            <KeyboardButton
              key={button.callback_data ?? button.url ?? button.text}
              button={button}
              {...pressing}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

const buttonClass =
  "relative flex min-h-11 min-w-0 flex-1 items-center justify-center rounded-lg bg-key px-3 py-2 " +
  "text-center text-[0.9375rem]/tight font-medium text-on-key wrap-anywhere transition-colors " +
  "hover:bg-key-strong aria-disabled:opacity-70 outline-offset-[-4px] focus-visible:outline-on-key";
const cornerClass = "absolute top-1.5 right-1.5";

interface KeyboardButtonProps extends Pressing {
  readonly button: InlineButton;
}

function KeyboardButton({ button, onPress, onPay, paid }: KeyboardButtonProps) {
  const { text, callback_data: data, copy_text: copied, url, pay } = button;
  const copy = useCopy();
  if (url !== undefined && webHref(url) !== undefined) return <Leaving text={text} url={url} />;
  if (pay === true) return paid ? <Paid /> : <Asking text={text} ask={onPay} />;
  if (copied !== undefined) return <Asking text={text} ask={async () => copy(copied.text)} />;
  return <Asking text={text} ask={data === undefined ? undefined : () => onPress(data)} />;
}

/** Opens in a tab of its own that cannot reach back into this page, unless Telegram opens it. */
function Leaving({ text, url }: { text: string; url: string }) {
  const mark = (
    <>
      <span className="sr-only"> (opens in a new tab)</span>
      <ExternalLink aria-hidden className={cn(cornerClass, "size-3")} />
    </>
  );
  return (
    <ChatLink
      link={url}
      className={buttonClass}
      otherwise={<Asking text={text} ask={undefined} />}
      mark={mark}
    >
      {text}
    </ChatLink>
  );
}

function Paid() {
  return (
    <p className={cn(buttonClass, "gap-2 hover:bg-key")}>
      <CircleCheck aria-hidden className="size-4" />
      Paid
    </p>
  );
}

interface AskingProps {
  readonly text: string;
  /** Undefined: a kind of button that this page cannot press. */
  readonly ask: (() => Promise<void>) | undefined;
}

function Asking({ text, ask }: AskingProps) {
  const [waiting, setWaiting] = useState(false);
  const press = async () => {
    if (ask === undefined || waiting) return;
    setWaiting(true);
    await ask();
    setWaiting(false);
  };
  return (
    <button
      type="button"
      // Not `disabled`: that would move the focus of keyboard users.
      aria-disabled={waiting || ask === undefined}
      aria-busy={waiting}
      className={buttonClass}
      onClick={() => void press()}
    >
      {text}
      {waiting && <LoaderCircle aria-hidden className={cn(cornerClass, "size-3.5 animate-spin")} />}
    </button>
  );
}
