import * as z from "zod";

/**
 * A pass over all paid invoices, in search of new payments. `getInvoices` pages by offset, in an
 * order that is not documented, and has no "since": so each pass goes over the list until nothing
 * newer can follow.
 */
export interface Sweep {
  /** Payments before this are known; 0 where none is. */
  readonly fromMs: number;
  readonly offset: number;
  /** When the pass began, by our clock. */
  readonly beganMs: number;
  /** The newest payment that it has seen. */
  readonly newestMs: number;
}

/** A row of the list. */
export interface Row {
  readonly createdMs: number;
  readonly paidMs: number;
}

/** A page of the list. */
export interface Page {
  readonly rows: readonly Row[];
  /** How many rows were asked for: fewer mean that this is the last page. */
  readonly count: number;
}

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

/** Covers what was paid while the list was read, and clocks that differ. */
const overlapMs = 10 * minuteMs;
/** The longest time in which an invoice can be paid. */
const longestExpiryMs = 31 * dayMs;
/** This many creation times do not descend by chance; equal ones descend in any order. */
const timesToProveOrder = 20;

const cursorShape = z.object({
  from: z.int().nonnegative(),
  offset: z.int().nonnegative().default(0),
  began: z.int().nonnegative().default(0),
  newest: z.int().nonnegative().default(0),
});

/**
 * Reads a cursor of `afterPage`; an empty one begins with the oldest payment.
 * @throws Error when the cursor is not one of ours.
 */
export function readSweep(cursor: string, nowMs: number): Sweep {
  const fresh = { offset: 0, beganMs: nowMs, newestMs: 0 };
  if (cursor === "") return { fromMs: 0, ...fresh };
  const { from: fromMs, offset, began: beganMs, newest: newestMs } = parseCursor(cursor);
  return offset === 0 ? { fromMs, ...fresh } : { fromMs, offset, beganMs, newestMs };
}

function parseCursor(cursor: string): z.output<typeof cursorShape> {
  try {
    return cursorShape.parse(JSON.parse(cursor));
  } catch {
    throw new Error(
      "the cursor does not belong to Crypto Pay's statement: start again with an empty one",
    );
  }
}

/** Where to continue after a page: in the same pass, or in the next one from what is known then. */
export function afterPage(sweep: Sweep, page: Page): { cursor: string; more: boolean } {
  const { fromMs: from, offset, beganMs: began } = sweep;
  const newest = Math.max(sweep.newestMs, ...page.rows.map(({ paidMs }) => paidMs));
  if (!isLast(page, from - longestExpiryMs)) {
    // An invoice that leaves the list moves all later ones up, so a few rows are read twice.
    const step = Math.max(1, page.rows.length - Math.ceil(page.count / 100));
    return { cursor: JSON.stringify({ from, offset: offset + step, began, newest }), more: true };
  }
  const known = Math.max(from, Math.min(newest, began) - overlapMs);
  return { cursor: known === 0 ? "" : JSON.stringify({ from: known }), more: false };
}

/**
 * Whether nothing created after `borderMs` can follow: the list has ended, or it proves to be
 * sorted from new to old and has passed the border.
 */
export function isLast({ rows, count }: Page, borderMs: number): boolean {
  if (rows.length < count) return true;
  const descends = rows.every(
    ({ createdMs }, at) => createdMs <= (rows[at - 1]?.createdMs ?? createdMs),
  );
  const times = new Set(rows.map(({ createdMs }) => createdMs)).size;
  const oldest = rows.at(-1)?.createdMs ?? 0;
  return descends && times >= timesToProveOrder && oldest < borderMs;
}
