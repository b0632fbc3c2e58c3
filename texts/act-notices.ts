import type { Notice } from "../domain/messaging/notice.ts";
import type { Instant } from "../domain/time.ts";
import { isolated, type Texts } from "./index.ts";

/** One language's texts, and how it writes days. */
interface ActTools {
  readonly texts: Texts;
  readonly day: (at: Instant) => string;
}

/** Whom an act was about, and what it has changed. */
export function effectOf(
  { name, act, effect }: Notice & { kind: "actDone" | "actWaits" },
  { texts: { people }, day }: ActTools,
): string {
  const what =
    effect === undefined
      ? people.act.effects[act]
      : people.act.given(effect.days, day(effect.until));
  return `${isolated(name)}: ${what}`;
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
