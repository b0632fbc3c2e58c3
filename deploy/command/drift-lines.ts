import type { AccessOwner } from "../../db/queries/access/owners.ts";
import type { DriftLine, DriftPart, ForeignLine, HostDrift } from "../../domain/access/drift.ts";
import { textTable } from "./text-table.ts";

/** What a pass would do to lines of a part, and why. */
const parts = {
  add: { what: "add", why: "the host does not have it" },
  change: { what: "change", why: "" },
  end: { what: "take off", why: "its right has ended by the books" },
  remove: { what: "remove", why: "the books did not expect it there" },
} as const;

const partNames = ["add", "change", "end", "remove"] as const;

/** The comparison with the names of the customers, as JSON. */
export function driftInFull(host: string, drift: HostDrift, owners: readonly AccessOwner[]) {
  const byId = new Map(owners.map((owner) => [owner.identity, owner]));
  const named = ({ count, lines }: DriftPart<DriftLine>) => ({
    count,
    lines: lines.map((line) => ({ ...line, ...byId.get(line.identity) })),
  });
  const { add, change, end, remove, ...rest } = drift;
  return {
    host,
    ...rest,
    add: named(add),
    change: named(change),
    end: named(end),
    remove: named(remove),
  };
}

/** The comparison for people: a line in words, and a table of what differs. */
export function driftLines(
  host: string,
  drift: HostDrift,
  owners: readonly AccessOwner[],
): string[] {
  const { found, wanted, foreign, remove, removalLimit } = drift;
  const byId = new Map(owners.map((owner) => [owner.identity, owner]));
  const rows = [
    ...partNames.flatMap((name) => drift[name].lines.map((line) => rowOf(name, line, byId))),
    ...foreign.lines.map(foreignRow),
  ];
  const counts = partNames.map((name) => `${drift[name].count} to ${parts[name].what}`);
  const isHeld = remove.count > removalLimit;
  const left = [...partNames, "foreign" as const].flatMap((name) => {
    const { count, lines } = drift[name];
    return count > lines.length ? [`and ${count - lines.length} more to ${name}`] : [];
  });
  return [
    `${host}: has ${found}, ${wanted} of ours should be there: ${counts.join(", ")}; ${foreign.count} not ours`,
    ...(isHeld
      ? [`  more than ${removalLimit} are removed only after an administrator has approved it`]
      : []),
    ...(rows.length > 0
      ? textTable([["WHAT", "IDENTITY", "CUSTOMER", "DEVICE", "WHY"], ...rows])
      : []),
    ...left,
  ];
}

function rowOf(
  name: (typeof partNames)[number],
  { identity, changes }: DriftLine,
  owners: ReadonlyMap<string, AccessOwner>,
): string[] {
  const owner = owners.get(identity);
  const customer = owner === undefined ? "" : `${owner.name} (${owner.telegramId})`;
  const { what, why } = parts[name];
  return [what, identity, customer, owner?.device ?? "", changes?.join("; ") ?? why];
}

function foreignRow({ identity, addresses, endsAt, isLetIn }: ForeignLine): string[] {
  const facts = [
    ...addresses,
    ...(isLetIn === undefined ? [] : [isLetIn ? "let in" : "shut out"]),
    ...(endsAt === undefined ? [] : [endsAt === null ? "without an end" : `until ${endsAt}`]),
  ];
  return ["leave", identity, "", "", `not ours${facts.length > 0 ? `: ${facts.join(", ")}` : ""}`];
}
