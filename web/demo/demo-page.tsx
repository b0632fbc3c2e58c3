import { type MouseEvent, useCallback } from "react";
import { Mark } from "../ui/mark.tsx";
import { ChatPanel } from "./chat-panel.tsx";
import { ActiveFaults, FaultSettings } from "./fault-settings.tsx";
import { Guide, GuideDialog } from "./guide.tsx";
import { PeopleBar } from "./people-bar.tsx";
import { useChosen } from "./use-chosen.ts";
import { useFaults } from "./use-faults.ts";
import { usePeople } from "./use-people.ts";
import type { DemoInfo } from "./wire.ts";

/** The whole product on one screen: be a customer or the admin and talk to the bot. */
export function DemoPage({ info }: { info: DemoInfo }) {
  const [chosen, choose] = useChosen(info.people[0]?.id ?? info.adminId);
  const { roles, newId, unread, refreshNow, markSeen } = usePeople(info, chosen);
  const faults = useFaults(info.gateways ?? []);
  const onSeen = useCallback((id: number) => markSeen(chosen, id), [markSeen, chosen]);
  const role = roles.find(({ id }) => id === chosen);
  const added = (person: number) => {
    refreshNow();
    choose(person);
  };
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <SkipLink />
      <aside
        className={
          "flex shrink-0 border-line bg-surface max-md:flex-wrap max-md:items-center md:w-80 " +
          "md:flex-col md:gap-4 md:overflow-y-auto md:border-r md:p-4"
        }
      >
        <header className="flex items-center gap-3 max-md:order-2 max-md:ml-auto max-md:pr-2">
          <Mark className="max-md:hidden" />
          <div className="min-w-0 flex-1 max-md:sr-only">
            <h1 className="text-xl leading-tight font-semibold">Tollgate</h1>
            <p className="text-sm text-muted">Demo</p>
          </div>
          <GuideDialog info={info} />
          <FaultSettings faults={faults} />
        </header>
        <ActiveFaults faults={faults} />
        <PeopleBar {...{ roles, newId, chosen, unread }} onChoose={choose} onAdded={added} />
        <Guide info={info} />
      </aside>
      <main
        id={chatId}
        tabIndex={-1}
        className="relative flex min-h-0 min-w-0 flex-1 flex-col outline-none"
      >
        {role && <ChatPanel key={role.id} {...{ role, info, onSeen }} onChange={refreshNow} />}
      </main>
    </div>
  );
}

const chatId = "chat";

/** The page's address says who you are, so the link moves the focus and leaves the address. */
function SkipLink() {
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    document.getElementById(chatId)?.focus();
  };
  return (
    <a
      href={`#${chatId}`}
      onClick={skip}
      className={
        "sr-only rounded-lg bg-primary font-medium text-on-primary focus:not-sr-only " +
        "focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:px-4 focus:py-3"
      }
    >
      Skip to the chat
    </a>
  );
}
