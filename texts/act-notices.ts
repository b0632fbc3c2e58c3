import type { Notice } from "../domain/messaging/notice.ts";
import type { Money } from "../domain/money.ts";
import type { Instant } from "../domain/time.ts";
import { isolated, type Texts } from "./index.ts";

/** One language's texts, and how it writes days and money. */
interface ActTools {
  readonly texts: Texts;
  readonly day: (at: Instant) => string;
  readonly amount: (money: Money) => string;
}

/** Whom an act was about, and what it has changed: a clause without its full stop. */
export function effectOf(
  { name, act, effect }: Notice & { kind: "actDone" | "actWaits" },
  { texts: { people }, day }: ActTools,
): string {
  const { effects } = people.act;
  const until = effect === undefined ? "" : day(effect.until);
  switch (act) {
    case "extend":
      return effects.extend(name, effect?.days ?? 0, until);
    case "unblock":
      return effects.unblock(name, until);
    case "block":
    case "revoke":
    case "undo":
      return effects[act](name);
  }
}

const mostHostsNamed = 5;

/**
 * Which hosts an act still waits for. One device may wait for a free place and another
 * for its host.
 */
export function actWaits(notice: Notice & { kind: "actWaits" }, tools: ActTools): string {
  const { people } = tools.texts;
  const what = effectOf(notice, tools);
  const away = notice.hosts.filter((host) => host !== "");
  const waitsForRoom = away.length < notice.hosts.length;
  return [
    ...(away.length > 0 ? [people.act.waits(what, hostsIn(away))] : []),
    ...(waitsForRoom ? [people.act.waitsForRoom(what)] : []),
  ].join("\n");
}

/** The first hosts by name, and how many more there are. */
function hostsIn(hosts: readonly string[]): string {
  const named = hosts.slice(0, mostHostsNamed).map(isolated);
  const more = hosts.length - named.length;
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(", ");
}

/** What became of an unmatched payment that an admin has decided on. */
export function resolvedText(
  { resolved: { kind }, charge }: Notice & { kind: "unmatchedResolved" },
  { texts: { payments }, amount }: ActTools,
): string {
  const say = payments.unmatchedResolved;
  const sum = charge === undefined ? "—" : amount(charge.amount);
  const gateway = charge === undefined ? "—" : payments.gateway.name(charge.gateway);
  switch (kind) {
    case "done": {
      if (charge === undefined) return say.done;
      const { given, reason = "" } = charge;
      if (given === undefined) return say.ignored(sum, gateway, reason);
      return say.given(sum, given.name, amount(given.balance));
    }
    case "underWay":
    case "returned":
    case "refused":
      return say[kind](sum, gateway);
    case "notAdmin":
    case "noCustomer":
    case "notOpen":
    case "notPossible":
      return say[kind];
  }
}
