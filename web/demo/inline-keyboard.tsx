import { ExternalLink, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { safeHref } from "./entities.ts";
import { useCopy } from "./rich-text.tsx";
import type { InlineButton } from "./wire.ts";

interface InlineKeyboardProps {
  readonly rows: readonly (readonly InlineButton[])[];
  /** Settles when the bot has answered or it is known that it will not. */
  readonly onPress: (data: string) => Promise<void>;
}

/** The buttons under a message. A button that waits for the bot turns and takes no second press. */
export function InlineKeyboard({ rows, onPress }: InlineKeyboardProps) {
  return (
    <div className="mt-1 flex flex-col gap-1">
      {rows.map((row, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row has no name but its place.
        <div key={index} className="flex gap-1">
          {row.map((button) => (
            <KeyboardButton
              key={button.callback_data ?? button.text}
              button={button}
              onPress={onPress}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

const buttonClass =
  "relative flex min-h-10 min-w-0 flex-1 items-center justify-center rounded-lg border " +
  "border-line bg-surface px-3 py-2 text-sm font-medium text-accent wrap-anywhere shadow-xs " +
  "transition-colors hover:bg-tint aria-disabled:opacity-70";

interface KeyboardButtonProps {
  readonly button: InlineButton;
  readonly onPress: (data: string) => Promise<void>;
}

function KeyboardButton({ button, onPress }: KeyboardButtonProps) {
  const [waiting, setWaiting] = useState(false);
  const copy = useCopy();
  const { text, callback_data: data, copy_text: copied } = button;
  const href = button.url === undefined ? undefined : safeHref(button.url);
  if (href !== undefined) {
    return (
      <a className={buttonClass} href={href} target="_blank" rel="noopener noreferrer">
        {text}
        <ExternalLink aria-hidden className="absolute top-1.5 right-1.5 size-3" />
      </a>
    );
  }
  const press = async () => {
    if (copied !== undefined) return copy(copied.text);
    if (data === undefined || waiting) return undefined;
    setWaiting(true);
    await onPress(data);
    setWaiting(false);
  };
  return (
    <button
      type="button"
      // Not `disabled`: that would take the focus away from whoever works by keyboard.
      aria-disabled={waiting || (data === undefined && copied === undefined)}
      aria-busy={waiting}
      className={buttonClass}
      onClick={() => void press()}
    >
      {text}
      {waiting && (
        <LoaderCircle aria-hidden className="absolute top-1.5 right-1.5 size-3.5 animate-spin" />
      )}
    </button>
  );
}
