import type { Notice } from "../messaging/notice.ts";
import type { Money } from "../money.ts";
import type { PaymentId, Purchase } from "../payments/payment.ts";
import type { RenewalKind } from "../payments/renewal.ts";
import { addMs, dayMs, type Instant, msBetween, secondMs, toMs } from "../time.ts";
import { type AccessFacts, stateAt, type SubscriptionState } from "./subscription.ts";

/** How many days before the end a reminder is due, the earliest first. */
export const reminderDays = [3, 1] as const;

/** Two clocks that differ by no more than this agree. */
const sameClockMs = 5 * secondMs;

/** The facts that a subscription's calendar is computed from. */
export interface CalendarFacts extends AccessFacts {
  /** When the current time was given. */
  readonly timeGivenAt: Instant | undefined;
  /** How it renews itself; undefined: it does not. */
  readonly renewsBy?: RenewalKind | undefined;
  /** The devices that were bought beside the plan and are in use. */
  readonly extraDevices?: readonly ExtraDevice[];
}

/** A device that ends before the time may do so. */
export interface ExtraDevice {
  /** What it was bought with. */
  readonly key: string;
  readonly until: Instant;
  /** It can be bought again. */
  readonly canBuy: boolean;
}

/** A notice that is due once for each end of the time; `key` makes it unique. */
export interface CalendarNotice {
  readonly key: string;
  /** When it becomes true. */
  readonly at: Instant;
  readonly notice: Notice;
}

/** What is due for a subscription at a moment, and when to look again. */
export interface Calendar {
  readonly state: SubscriptionState;
  /** What is due now. */
  readonly due: readonly CalendarNotice[];
  /**
   * Keys of notices that are due by neither clock yet.
   * If one was sent already, wrong clocks caused it.
   */
  readonly toCome: readonly string[];
  /** When the calendar has to be read again; undefined: only after the books change. */
  readonly next: Instant | undefined;
}

/** Two clocks that normally agree; at times one of them is wrong. */
export interface Clocks {
  /** The caller's clock, by which the calendar is read. */
  readonly now: Instant;
  /** The database's own clock. */
  readonly books: Instant;
}

/**
 * Reads the calendar of a subscription. The result depends on the books and the clock alone, so a
 * caller that is late or knew another end of the time still gets what is right now. A reminder is
 * due only when the given time was longer than the reminder's notice (a three-day trial does not
 * begin with "three days left") and only until the next reminder is due. A notice that the
 * database's clock considers too early gets a key of its own, and an end that is in the future by
 * that clock is checked again within a day, so that the right notice is still sent
 * when its time comes.
 */
export function calendarAt(facts: CalendarFacts, { now, books }: Clocks): Calendar {
  const state = stateAt(facts, now);
  if (facts.paidUntil === undefined || state === "blocked" || state === "revoked") {
    return { state, due: [], toCome: [], next: undefined };
  }
  const notices = noticesOf(facts, facts.paidUntil);
  const hasCome = ({ at }: Moment) => toMs(at) <= toMs(now);
  const isEarly = ({ at }: Moment) => msBetween(books, at) > sameClockMs;
  const devices = deviceNotices(facts, facts.paidUntil);
  const all = [...notices.reminders, notices.grace, notices.end, ...devices.flat()];
  const moments = all.filter((one) => !hasCome(one)).map(({ at }) => at);
  const doubted = [notices.grace, notices.end].find((one) => hasCome(one) && isEarly(one));
  if (doubted !== undefined)
    moments.push(addMs(now, Math.min(dayMs, msBetween(books, doubted.at))));
  const due = [
    ...dueIn(state, { ...notices, reminder: notices.reminders.findLast(hasCome) }),
    ...(state === "expired" ? [] : devices.flatMap((two) => two.findLast(hasCome) ?? [])),
  ];
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

/**
 * A device that ends while the time goes on is told a day before, and at its end. What ends together
 * with the time is told with that.
 */
function deviceNotices(
  { extraDevices = [] }: CalendarFacts,
  paidUntil: Instant,
): readonly (readonly CalendarNotice[])[] {
  return extraDevices
    .filter(({ until }) => toMs(until) < toMs(paidUntil))
    .map(({ key, until, canBuy }) => {
      const sold = canBuy ? { canBuy } : {};
      const soon = { kind: "deviceEndsSoon", until, ...sold } as const;
      const ended = { kind: "deviceEnded", ...sold } as const;
      return [
        { key: `device-soon/${key}`, at: addMs(until, -dayMs), notice: soon },
        { key: `device-ended/${key}`, at: until, notice: ended },
      ];
    });
}

/** All notices for this end of the time. */
function noticesOf({ graceMs, timeGivenAt, renewsBy }: CalendarFacts, paidUntil: Instant): Notices {
  const graceUntil = addMs(paidUntil, graceMs);
  const reminders = remindersWith(renewsBy)
    .map((daysLeft): CalendarNotice => {
      const notice = {
        kind: "reminder",
        daysLeft,
        until: paidUntil,
        ...(renewsBy === undefined ? {} : { isRenewed: true as const }),
      } as const;
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

/** What the tries to renew tell is not told twice: a card is tried when the reminders are due. */
function remindersWith(renewsBy: RenewalKind | undefined): readonly number[] {
  switch (renewsBy) {
    case undefined:
      return reminderDays;
    case "balance":
    case "stars":
      return reminderDays.slice(0, 1);
    case "card":
      return [];
  }
}

interface Due extends Pick<Notices, "grace" | "end"> {
  /** The latest reminder whose moment has come. */
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
    case "suspended":
    case "blocked":
    case "revoked":
      return [];
  }
}

/** The state of a subscription, and when its calendar has to be read again. */
export interface CalendarResult extends Omit<Calendar, "due" | "toCome"> {
  readonly plan: string;
  readonly paidUntil: Instant | undefined;
  /** A payment that renews the subscription, to be started. */
  readonly charge?: DueCharge;
  /** Telegram's subscription is not yet what the books say it shall be. */
  readonly followsStars?: true;
  /** A saved card is not yet at its gateway what the books say it shall be. */
  readonly followsCards?: true;
}

/** A payment that the calendar makes by itself; its id is the same however often it is due. */
export interface DueCharge {
  readonly id: PaymentId;
  readonly price: Money;
  readonly purchase: Purchase;
}

/** The earlier of two moments that may be missing. */
export const earliest = (one: Instant | undefined, other: Instant | undefined) =>
  one === undefined || (other !== undefined && toMs(other) < toMs(one)) ? other : one;

/**
 * Whether a calendar has to be woken after its time has changed by `changedMs`: its timer, set to
 * the end `before`, is too late, or it is not set at all because no time was left.
 */
export const needsWaking = (
  before: Instant | undefined,
  changedMs: number,
  now: Instant,
): boolean => before === undefined || toMs(before) <= toMs(now) || changedMs < 0;
