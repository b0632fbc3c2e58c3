import type { Notice } from "./notice.ts";
import { type AccessFacts, stateAt, type SubscriptionState } from "./subscription.ts";
import { addMs, dayMs, type Instant, toMs } from "./time.ts";

export const reminderDays = [3, 1] as const;

/** What a subscription's calendar decides by. */
export interface CalendarFacts extends AccessFacts {
  /** When the present time was given. */
  readonly timeGivenAt: Instant | undefined;
}

/** Something to tell, and what it is about: told once for each end of the time. */
export interface CalendarNotice {
  readonly key: string;
  readonly notice: Notice;
}

export interface Calendar {
  readonly state: SubscriptionState;
  /** What is due now. */
  readonly due: readonly CalendarNotice[];
  /** When the calendar has to be read again; undefined: not before the books change. */
  readonly next: Instant | undefined;
}

/**
 * Reads the calendar of a subscription: a function of the books and the clock alone, so that whoever is late, or
 * was told of another time, reads what is right now. A reminder is due only when the time given was longer than
 * its notice, so that a trial of three days does not begin with "three days left", and until the next one is due.
 */
export function calendarAt(facts: CalendarFacts, now: Instant): Calendar {
  const state = stateAt(facts, now);
  const { paidUntil, graceMs, timeGivenAt } = facts;
  if (paidUntil === undefined || state === "blocked" || state === "revoked") {
    return { state, due: [], next: undefined };
  }
  const graceUntil = addMs(paidUntil, graceMs);
  const reminders = reminderDays
    .map((daysLeft) => ({ daysLeft, at: addMs(paidUntil, -daysLeft * dayMs) }))
    .filter(({ at }) => timeGivenAt === undefined || toMs(at) > toMs(timeGivenAt));
  const moments = [...reminders.map(({ at }) => at), paidUntil, graceUntil];
  const next = moments
    .filter((at) => toMs(at) > toMs(now))
    .toSorted((a, b) => toMs(a) - toMs(b))
    .at(0);
  const reminder = reminders.filter(({ at }) => toMs(at) <= toMs(now)).at(-1);
  return { state, due: dueIn(state, { paidUntil, graceUntil, reminder }), next };
}

interface Moments {
  readonly paidUntil: Instant;
  readonly graceUntil: Instant;
  /** The last one whose moment has come. */
  readonly reminder: { readonly daysLeft: number } | undefined;
}

function dueIn(state: SubscriptionState, moments: Moments): readonly CalendarNotice[] {
  const { paidUntil, graceUntil, reminder } = moments;
  switch (state) {
    case "active": {
      if (reminder === undefined) return [];
      const { daysLeft } = reminder;
      const notice = { kind: "reminder", daysLeft, until: paidUntil } as const;
      return [{ key: `reminder/${daysLeft}/${paidUntil}`, notice }];
    }
    case "grace":
      return [{ key: `grace/${paidUntil}`, notice: { kind: "graceBegan", until: graceUntil } }];
    case "expired":
      return [{ key: `expired/${paidUntil}`, notice: { kind: "expired" } }];
    case "exhausted":
    case "blocked":
    case "revoked":
      return [];
  }
}
