import { Ban, CircleCheck } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Mark } from "../ui/mark.tsx";
import type { Connection } from "./chat-state.ts";
import type { Role } from "./people.ts";
import type { Message } from "./wire.ts";

interface ChatHeaderProps {
  readonly role: Role;
  readonly connection: Connection;
  readonly typing: boolean;
  readonly messages: readonly Message[] | undefined;
  readonly onBlock: (blocked: boolean) => Promise<boolean>;
}

/** Whom you talk to, whether the line is up, and the way to block the bot. */
export function ChatHeader({ role, connection, typing, messages, onBlock }: ChatHeaderProps) {
  const bot = messages?.findLast(({ from }) => from.is_bot)?.from.first_name ?? "Tollgate bot";
  return (
    <header className="flex items-center gap-3 border-b border-line bg-surface px-3 py-2.5 sm:px-5">
      <Mark />
      <div className="min-w-0 flex-1">
        <h2 className="truncate leading-tight font-semibold">{bot}</h2>
        <Line connection={connection} typing={typing} />
      </div>
      {role.started && (
        <Button
          variant={role.blocked ? "secondary" : "ghost"}
          size="small"
          className={role.blocked ? "" : "text-muted hover:text-danger"}
          onClick={() => void onBlock(!role.blocked)}
        >
          {role.blocked ? <CircleCheck aria-hidden /> : <Ban aria-hidden />}
          {role.blocked ? "Unblock the bot" : "Block the bot"}
        </Button>
      )}
    </header>
  );
}

const lines = {
  connecting: { text: "connecting…", dot: "bg-warning" },
  live: { text: "live", dot: "bg-primary" },
  reconnecting: { text: "reconnecting…", dot: "bg-warning" },
};

function Line({ connection, typing }: { connection: Connection; typing: boolean }) {
  const { text, dot } = lines[connection];
  return (
    <p role="status" className="flex items-center gap-1.5 text-xs text-muted">
      <span aria-hidden className={cn("size-2 rounded-full", dot)} />
      {typing ? "typing…" : text}
    </p>
  );
}
