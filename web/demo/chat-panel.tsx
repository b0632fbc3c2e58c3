import { Ban, LoaderCircle } from "lucide-react";
import { useEffect, useRef } from "react";
import { AlertDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { ChatHeader } from "./chat-header.tsx";
import { awaitsReply, lastId } from "./chat-state.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import type { Role } from "./people.ts";
import { StartCard } from "./start-card.tsx";
import { type Actions, useActions } from "./use-actions.ts";
import { useChat } from "./use-chat.ts";
import type { DemoInfo, Message } from "./wire.ts";

interface ChatPanelProps {
  readonly role: Role;
  readonly info: DemoInfo;
  /** Something happened here that may have changed other chats. */
  readonly onChange: () => void;
  readonly onSeen: (messageId: number) => void;
}

/** The chat of one person with the bot. Keyed by the person, so nothing of one reaches another. */
export function ChatPanel({ role, info, onChange, onSeen }: ChatPanelProps) {
  const { connection, messages, typing } = useChat(role.id);
  const actions = useActions(role.id, onChange);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (messages === undefined) return;
    onSeen(lastId(messages));
    onChange();
  }, [messages, onSeen, onChange]);
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label={`Chat of ${role.name}`}
      className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
    >
      <ChatHeader role={role} {...{ connection, typing, messages }} onBlock={actions.block} />
      <Conversation {...{ role, info, messages, actions }} />
      <AlertDialog
        title={actions.alert?.title ?? ""}
        text={actions.alert?.text}
        onClose={actions.closeAlert}
        home={section}
      />
    </section>
  );
}

interface ConversationProps {
  readonly role: Role;
  readonly info: DemoInfo;
  readonly messages: readonly Message[] | undefined;
  readonly actions: Actions;
}

function Conversation({ role, info, messages, actions }: ConversationProps) {
  const input = useRef<HTMLTextAreaElement>(null);
  const begun = role.started || (messages?.length ?? 0) > 0;
  if (messages === undefined) return <Loading />;
  const start = async () => {
    if (await actions.write("/start")) input.current?.focus();
  };
  return (
    <>
      <MessageList
        person={role.id}
        label={`Messages of ${role.name} and the bot`}
        messages={messages}
        canTryKey={info.tryKey}
        actions={actions}
      >
        {!begun && <StartCard admin={role.admin} onStart={() => void start()} />}
      </MessageList>
      <div className="border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]">
        {role.blocked ? (
          <BlockedBar onUnblock={() => void actions.block(false)} />
        ) : (
          <Composer
            person={role.id}
            input={input}
            asking={awaitsReply(messages)}
            onWrite={actions.write}
          />
        )}
      </div>
    </>
  );
}

function Loading() {
  return (
    <div className="chat-pattern grid flex-1 place-items-center p-6">
      <p className="flex items-center gap-2 rounded-xl bg-surface px-4 py-3 text-sm shadow-xs">
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
        Opening the chat. If this stays, check that Tollgate is still running in its terminal.
      </p>
    </div>
  );
}

function BlockedBar({ onUnblock }: { onUnblock: () => void }) {
  return (
    <div className="mx-auto flex max-w-3xl flex-wrap items-center justify-center gap-3 px-4 py-3">
      <p className="flex items-center gap-2 text-sm text-muted">
        <Ban aria-hidden className="size-4" />
        You blocked the bot: it cannot write to you.
      </p>
      <Button onClick={onUnblock}>Unblock</Button>
    </div>
  );
}
