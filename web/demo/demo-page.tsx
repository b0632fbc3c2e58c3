import { useCallback } from "react";
import { Mark } from "../ui/mark.tsx";
import { ChatPanel } from "./chat-panel.tsx";
import { ActiveFaults, FaultSettings } from "./fault-settings.tsx";
import { Guide } from "./guide.tsx";
import { PeopleBar } from "./people-bar.tsx";
import { situation } from "./people.ts";
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
      <aside
        className={
          "flex shrink-0 flex-col border-line bg-surface max-md:border-b md:w-80 md:gap-5 " +
          "md:overflow-y-auto md:border-r md:p-4"
        }
      >
        <header className="flex items-center gap-3 px-3 pt-2.5 md:flex-wrap md:px-0 md:pt-0">
          <Mark className="max-md:size-7" />
          <div className="min-w-0 flex-1">
            <h1 className="text-base leading-tight font-semibold md:text-xl">Tollgate</h1>
            <p className="truncate text-xs text-muted md:text-sm">{role && situation(role)}</p>
          </div>
          <FaultSettings faults={faults} />
        </header>
        <ActiveFaults faults={faults} />
        <PeopleBar {...{ roles, newId, chosen, unread }} onChoose={choose} onAdded={added} />
        <Guide info={info} />
      </aside>
      <main className="flex min-h-0 min-w-0 flex-1 flex-col">
        {role && <ChatPanel key={role.id} {...{ role, info, onSeen }} onChange={refreshNow} />}
      </main>
    </div>
  );
}
