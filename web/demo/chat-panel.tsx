import { Ban, LoaderCircle } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { AlertDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { ToastProvider } from "../ui/toast.tsx";
import { ChatHeader } from "./chat-header.tsx";
import { type ChatLinks, ChatLinksContext } from "./chat-links.tsx";
import { awaitsReply, lastId } from "./chat-state.ts";
import { Composer } from "./composer.tsx";
import { InvoiceDialog } from "./invoice-dialog.tsx";
import { MessageList } from "./message-list.tsx";
import type { Role } from "./people.ts";
import { StartCard } from "./start-card.tsx";
import { type Actions, useActions } from "./use-actions.ts";
import { useBot } from "./use-bot.ts";
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
export function ChatPanel(props: ChatPanelProps) {
  return (
    <ToastProvider className="absolute inset-x-4 top-18">
      <Chat {...props} />
    </ToastProvider>
  );
}

function Chat({ role, info, onChange, onSeen }: ChatPanelProps) {
  const { connection, messages, typing } = useChat(role.id);
  const actions = useActions(role.id, onChange);
  const [bot, refreshBot] = useBot(role.id);
  const [invoice, setInvoice] = useState<string | undefined>(undefined);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (messages === undefined) return;
    onSeen(lastId(messages));
    onChange();
    refreshBot();
  }, [messages, onSeen, onChange, refreshBot]);
  const { language } = role;
  const username = bot?.username;
  const { write } = actions;
  const links = useLinks({ language, username, openInvoice: setInvoice, write });
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label={`Chat of ${role.name}`}
      className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
    >
      <ChatHeader
        bot={bot?.name ?? "Tollgate"}
        {...{ role, connection, typing }}
        onBlock={actions.block}
      />
      <ChatLinksContext value={links}>
        <Conversation {...{ role, info, messages, actions }} description={bot?.description ?? ""} />
      </ChatLinksContext>
      <InvoiceDialog
        person={role.id}
        link={invoice}
        onClose={() => setInvoice(undefined)}
        onPay={actions.pay}
      />
      <AlertDialog
        title={actions.alert?.title ?? ""}
        text={actions.alert?.text}
        onClose={actions.closeAlert}
        home={section}
      />
    </section>
  );
}

interface LinkParts extends Omit<ChatLinks, "write"> {
  readonly write: Actions["write"];
}

/** The same object as long as it says the same, so that messages are not drawn again for it. */
function useLinks({ language, username, openInvoice, write }: LinkParts): ChatLinks {
  const latest = useRef(write);
  useEffect(() => {
    latest.current = write;
  });
  return useMemo(
    () => ({
      language,
      username,
      openInvoice,
      write: (text) => void latest.current(text),
    }),
    [language, username, openInvoice],
  );
}

interface ConversationProps {
  readonly role: Role;
  readonly info: DemoInfo;
  readonly messages: readonly Message[] | undefined;
  readonly actions: Actions;
  /** What the bot says of itself before Start is pressed. */
  readonly description: string;
}

function Conversation({ role, info, messages, actions, description }: ConversationProps) {
  const input = useRef<HTMLTextAreaElement>(null);
  const begun = role.started || (messages?.length ?? 0) > 0;
  if (messages === undefined) return <Loading />;
  const start = async () => {
    if (await actions.write("/start")) input.current?.focus();
  };
  const { admin, language } = role;
  return (
    <>
      <MessageList
        person={role.id}
        label={`Messages of ${role.name} and the bot`}
        messages={messages}
        canTryKey={info.tryKey}
        actions={actions}
      >
        {!begun && <StartCard {...{ admin, language, description }} onStart={() => void start()} />}
      </MessageList>
      <div className="bg-surface pb-[env(safe-area-inset-bottom)] shadow-xs">
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
