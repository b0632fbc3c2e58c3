import type { Notice } from "../messaging/notice.ts";
import { addMs, dayMs, type Instant, msBetween, secondMs, toMs } from "../time.ts";
import { type AccessFacts, stateAt, type SubscriptionState } from "./subscription.ts";

export const reminderDays = [3, 1] as const;

/** Two clocks that differ by no more than this agree. */
const sameClockMs = 5 * secondMs;

/** What a subscription's calendar decides by. */
export interface CalendarFacts extends AccessFacts {
  /** When the present time was given. */
  readonly timeGivenAt: Instant | undefined;
}

/** Something to tell, and what it is about: told once for each end of the time. */
export interface CalendarNotice {
  readonly key: string;
  /** When it becomes true. */
  readonly at: Instant;
  readonly notice: Notice;
}

export interface Calendar {
  readonly state: SubscriptionState;
  /** What is due now. */
  readonly due: readonly CalendarNotice[];
  /** Keys of what is true by neither clock yet: who was told so already was told by clocks that were wrong. */
  readonly toCome: readonly string[];
  /** When the calendar has to be read again; undefined: not before the books change. */
  readonly next: Instant | undefined;
}

/** Two clocks that agree, but for a while in which one of them is wrong. */
export interface Clocks {
  /** The caller's, by which the calendar is read. */
  readonly now: Instant;
  /** The database's own. */
  readonly books: Instant;
}

/**
 * Reads the calendar of a subscription: a function of the books and the clock alone, so that whoever is late, or
 * was told of another time, reads what is right now. A reminder is due only when the time given was longer than
 * its notice, so that a trial of three days does not begin with "three days left", and until the next one is due.
 * What the clock of the books holds for too early is told under a key of its own, and an end that it does not know
 * of yet is looked at again within a day: the truth is still told when it comes.
 */
export function calendarAt(facts: CalendarFacts, { now, books }: Clocks): Calendar {
  const state = stateAt(facts, now);
  if (facts.paidUntil === undefined || state === "blocked" || state === "revoked") {
    return { state, due: [], toCome: [], next: undefined };
  }
  const notices = noticesOf(facts, facts.paidUntil);
  const hasCome = ({ at }: Moment) => toMs(at) <= toMs(now);
  const isEarly = ({ at }: Moment) => msBetween(books, at) > sameClockMs;
  const all = [...notices.reminders, notices.grace, notices.end];
  const moments = all.filter((one) => !hasCome(one)).map(({ at }) => at);
  const doubted = [notices.grace, notices.end].find((one) => hasCome(one) && isEarly(one));
  if (doubted !== undefined)
    moments.push(addMs(now, Math.min(dayMs, msBetween(books, doubted.at))));
  const due = dueIn(state, { ...notices, reminder: notices.reminders.findLast(hasCome) });
  return {
    state,
    due: due.map((one) => (isEarly(one) ? { ...one, key: `${one.key}/early` } : one)),
    toCome: all.filter((one) => !hasCome(one) && isEarly(one)).map(({ key }) => key),
    next: moments.toSorted((a, b) => toMs(a) - toMs(b)).at(0),
  };
}

type Moment = Pick<CalendarNotice, "at">;

interface Notices {
  /** The earliest first. */
  readonly reminders: readonly CalendarNotice[];
  readonly grace: CalendarNotice;
  readonly end: CalendarNotice;
}

/** All that is ever told of this end of the time. */
function noticesOf({ graceMs, timeGivenAt }: CalendarFacts, paidUntil: Instant): Notices {
  const graceUntil = addMs(paidUntil, graceMs);
  const reminders = reminderDays
    .map((daysLeft): CalendarNotice => {
      const notice = { kind: "reminder", daysLeft, until: paidUntil } as const;
      const at = addMs(paidUntil, -daysLeft * dayMs);
      return { key: `reminder/${daysLeft}/${paidUntil}`, at, notice };
    })
    .filter(({ at }) => timeGivenAt === undefined || toMs(at) > toMs(timeGivenAt));
  const grace = { kind: "graceBegan", until: graceUntil } as const;
  return {
    reminders,
    grace: { key: `grace/${paidUntil}`, at: paidUntil, notice: grace },
    end: { key: `expired/${paidUntil}`, at: graceUntil, notice: { kind: "expired" } },
  };
}

interface Due extends Pick<Notices, "grace" | "end"> {
  /** The last one whose moment has come. */
  readonly reminder: CalendarNotice | undefined;
}

function dueIn(state: SubscriptionState, { reminder, grace, end }: Due): readonly CalendarNotice[] {
  switch (state) {
    case "active":
      return reminder === undefined ? [] : [reminder];
    case "grace":
      return [grace];
    case "expired":
      return [end];
    case "exhausted":
    case "blocked":
    case "revoked":
      return [];
  }
}
