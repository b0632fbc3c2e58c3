import { ShieldCheck } from "lucide-react";
import { Badge } from "../ui/badge.tsx";
import { cn } from "../ui/cn.ts";
import { AddCustomer } from "./add-customer.tsx";
import type { Role } from "./people.ts";

interface PeopleBarProps {
  readonly roles: readonly Role[];
  readonly newId: number;
  readonly chosen: number;
  readonly unread: ReadonlyMap<number, number>;
  readonly onChoose: (person: number) => void;
  /** A person was added: refresh, and switch to them. */
  readonly onAdded: (person: number) => void;
}

/** Who you can be: a column beside the chat, or a bar above it on a phone. */
export function PeopleBar({ roles, newId, chosen, unread, onChoose, onAdded }: PeopleBarProps) {
  return (
    <nav aria-label="Who you are" className="min-w-0 max-md:order-1 max-md:flex-1">
      <ul
        // Positioned, so that what is hidden for the eye scrolls with it and widens no page.
        className="relative flex gap-1.5 overflow-x-auto p-1 md:flex-col md:overflow-visible md:p-0"
      >
        {roles.map((role) => (
          <li key={role.id} className="shrink-0">
            <PersonButton
              role={role}
              chosen={role.id === chosen}
              // The last refresh may have begun before this chat was opened.
              unread={role.id === chosen ? 0 : (unread.get(role.id) ?? 0)}
              onChoose={() => onChoose(role.id)}
            />
          </li>
        ))}
        <li className="shrink-0">
          <AddCustomer id={newId} onAdded={onAdded} />
        </li>
      </ul>
    </nav>
  );
}

interface PersonButtonProps {
  readonly role: Role;
  readonly chosen: boolean;
  readonly unread: number;
  readonly onChoose: () => void;
}

function PersonButton({ role, chosen, unread, onChoose }: PersonButtonProps) {
  return (
    <button
      type="button"
      aria-current={chosen ? "true" : undefined}
      onClick={onChoose}
      className={cn(
        "relative flex w-full items-center gap-2 rounded-xl border border-transparent p-1.5",
        "pr-3 text-left outline-offset-[-2px]",
        "transition-colors hover:bg-raised md:gap-3 md:p-2 md:pr-3",
        chosen && "border-line bg-tint hover:bg-tint",
      )}
    >
      <Face role={role} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm font-medium max-md:max-w-24">{role.name}</span>
        <span className="hidden truncate text-xs text-muted md:block">{describe(role)}</span>
      </span>
      {unread > 0 && (
        <Badge
          className={
            "bg-danger text-surface ring-2 ring-surface max-md:absolute max-md:top-0 " +
            "max-md:left-7 md:ring-0"
          }
        >
          {unread}
          <span className="sr-only"> unread</span>
        </Badge>
      )}
    </button>
  );
}

/** White letters reach 4.5:1 on each of these. */
const faceColours = [
  "bg-sky-700",
  "bg-fuchsia-700",
  "bg-amber-700",
  "bg-indigo-600",
  "bg-rose-700",
];

function Face({ role }: { role: Role }) {
  const colour = faceColours[(role.id - 1) % faceColours.length];
  const initial = Array.from(role.name)[0] ?? "?";
  return (
    <span
      aria-hidden
      className={cn(
        "grid size-8 shrink-0 place-items-center rounded-full text-sm font-semibold md:size-10",
        role.admin ? "bg-primary text-on-primary" : cn("text-white", colour),
      )}
    >
      {role.admin ? <ShieldCheck className="size-4 md:size-5" /> : initial.toUpperCase()}
    </span>
  );
}

const languages = new Intl.DisplayNames("en", { type: "language" });

function describe({ admin, language, started, blocked }: Role): string {
  const part = admin ? "Admin" : "Customer";
  const speaks = language === undefined ? "" : `, ${languages.of(language) ?? language}`;
  if (blocked) return `${part}${speaks}, blocked the bot`;
  return started ? `${part}${speaks}` : `${part}${speaks}, not started`;
}
