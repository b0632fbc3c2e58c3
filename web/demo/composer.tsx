import { Menu as MenuIcon, Reply, SendHorizontal, X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type RefObject, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Menu, MenuItem, MenuPanel, MenuTrigger } from "../ui/menu.tsx";
import { useCommands } from "./use-commands.ts";
import type { Message } from "./wire.ts";

interface ComposerProps {
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly person: number;
  /** The message that the bot wants a reply to. */
  readonly asking: Message | undefined;
  /** True once the message stands in the chat; until then the text is kept. */
  readonly onWrite: (text: string, replyTo?: number) => Promise<boolean>;
}

/** Where a person writes. Enter sends, Shift+Enter starts a new line. */
export function Composer({ person, input, asking, onWrite }: ComposerProps) {
  const [text, setText] = useState("");
  const [dismissed, setDismissed] = useState(0);
  const replyTo = asking?.message_id === dismissed ? undefined : asking;
  const send = async () => {
    const written = text.trim();
    if (written === "") return;
    setText("");
    if (!(await onWrite(written, replyTo?.message_id))) setText((now) => now || written);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-2 sm:px-5 sm:py-3">
      {replyTo && <ReplyBar message={replyTo} onDismiss={() => setDismissed(replyTo.message_id)} />}
      <form onSubmit={onSubmit} className="flex items-end gap-2">
        <CommandMenu person={person} onChoose={(command) => void onWrite(command)} />
        <textarea
          ref={input}
          rows={1}
          maxLength={4_096}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label="Message to the bot"
          placeholder={replyTo?.reply_markup?.input_field_placeholder ?? "Message"}
          className={
            "field-sizing-content max-h-32 min-h-11 min-w-0 flex-1 resize-none " +
            "rounded-3xl border border-field-line bg-surface px-4 py-2.5 text-base/5.5 " +
            "placeholder:text-muted"
          }
        />
        <Button type="submit" size="icon" aria-label="Send" className="size-11 rounded-full">
          <SendHorizontal aria-hidden />
        </Button>
      </form>
    </div>
  );
}

function ReplyBar({ message, onDismiss }: { message: Message; onDismiss: () => void }) {
  return (
    <div className="mb-2 flex items-center gap-2 border-l-3 border-accent pl-2 text-sm">
      <Reply aria-hidden className="size-4 shrink-0 text-accent" />
      <p className="min-w-0 flex-1 truncate">
        <span className="sr-only">Replying to: </span>
        {message.text ?? message.caption ?? "the bot's message"}
      </p>
      <Button variant="ghost" size="icon" aria-label="Do not reply to this" onClick={onDismiss}>
        <X aria-hidden />
      </Button>
    </div>
  );
}

interface CommandMenuProps {
  readonly person: number;
  readonly onChoose: (command: string) => void;
}

/** The bot's list may have changed since, so it is asked for whenever the menu opens. */
function CommandMenu({ person, onChoose }: CommandMenuProps) {
  const [commands, load] = useCommands(person);
  return (
    <Menu onOpenChange={(open) => open && load()}>
      <MenuTrigger asChild>
        <Button
          aria-label="Menu: commands of the bot"
          className="h-11 rounded-full px-3.5 max-sm:w-11"
        >
          <MenuIcon aria-hidden />
          <span aria-hidden className="max-sm:hidden">
            Menu
          </span>
        </Button>
      </MenuTrigger>
      <MenuPanel align="start" side="top" aria-label="Commands of the bot">
        {commands.map(({ command, description }) => (
          <MenuItem key={command} onSelect={() => onChoose(`/${command}`)}>
            <span className="font-medium">/{command}</span>
            <span className="text-muted">{description}</span>
          </MenuItem>
        ))}
      </MenuPanel>
    </Menu>
  );
}
