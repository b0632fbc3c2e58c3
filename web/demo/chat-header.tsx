import { Ban, CalendarSync, CircleCheck, EllipsisVertical } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Mark } from "../ui/mark.tsx";
import { Menu, MenuItem, MenuPanel, MenuTrigger } from "../ui/menu.tsx";
import type { Connection } from "./chat-state.ts";
import { type Role, situation } from "./people.ts";
import { Subscriptions } from "./subscriptions.tsx";

interface ChatHeaderProps {
  readonly role: Role;
  /** The bot's name in this person's app. */
  readonly bot: string;
  readonly connection: Connection;
  readonly typing: boolean;
  readonly onBlock: (blocked: boolean) => Promise<boolean>;
}

/** Whom you talk to and as whom, whether the line is up, and what else can be done here. */
export function ChatHeader({ role, bot, connection, typing, onBlock }: ChatHeaderProps) {
  return (
    <header
      className={
        "relative z-10 flex items-center gap-3 bg-surface px-3 py-2 shadow-xs " +
        "max-md:border-t max-md:border-line sm:px-5"
      }
    >
      <Mark className="size-10 rounded-full" />
      <div className="min-w-0 flex-1">
        <h2 lang={role.language} className="truncate leading-tight font-semibold">
          {bot}
        </h2>
        <p className="flex items-baseline gap-1.5 text-sm leading-snug text-muted">
          <Line connection={connection} typing={typing} />
          <span aria-hidden>·</span>
          <span className="min-w-0 truncate">{situation(role)}</span>
        </p>
      </div>
      <ChatMenu role={role} onBlock={onBlock} />
    </header>
  );
}

function ChatMenu({ role, onBlock }: Pick<ChatHeaderProps, "role" | "onBlock">) {
  const [subscriptions, setSubscriptions] = useState(false);
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="More in this chat">
            <EllipsisVertical aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuPanel align="end" aria-label="More in this chat">
          <MenuItem className="items-center" onSelect={() => setSubscriptions(true)}>
            <CalendarSync aria-hidden className="size-4" />
            Subscriptions in Stars
          </MenuItem>
          {role.started && (
            <MenuItem className="items-center" onSelect={() => void onBlock(!role.blocked)}>
              {role.blocked ? (
                <CircleCheck aria-hidden className="size-4" />
              ) : (
                <Ban aria-hidden className="size-4" />
              )}
              {role.blocked ? "Unblock the bot" : "Block the bot"}
            </MenuItem>
          )}
        </MenuPanel>
      </Menu>
      <Subscriptions
        person={role.id}
        open={subscriptions}
        onClose={() => setSubscriptions(false)}
      />
    </>
  );
}

const lines = { connecting: "connecting…", live: "bot", reconnecting: "reconnecting…" };

function Line({ connection, typing }: { connection: Connection; typing: boolean }) {
  const away = connection !== "live";
  return (
    <span role="status" className={cn("shrink-0", away && "text-warning", typing && "text-accent")}>
      {typing ? "typing…" : lines[connection]}
    </span>
  );
}
