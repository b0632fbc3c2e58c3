import * as z from "zod";

/**
 * A reading of all paid invoices, newest payments being looked for. `getInvoices` pages by offset, in an order
 * that is nowhere promised, and has no "since": so each reading goes over the list until nothing newer can follow.
 */
export interface Sweep {
  /** What was paid before this is known; 0: nothing is. */
  readonly fromMs: number;
  readonly offset: number;
  /** When the reading began, by our clock. */
  readonly beganMs: number;
  /** The newest payment that it has come across. */
  readonly newestMs: number;
}

/** A row of the list. */
export interface Row {
  readonly createdMs: number;
  readonly paidMs: number;
}

export interface Page {
  readonly rows: readonly Row[];
  /** How many were asked for: fewer are the last. */
  readonly count: number;
}

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

/** Room for what was paid while the list was read, and for clocks that differ. */
const overlapMs = 10 * minuteMs;
/** No invoice can be paid longer after it was made. */
const longestExpiryMs = 31 * dayMs;
/** So many rows in a row do not fall by chance. */
const rowsOfProof = 20;

const written = z.object({
  from: z.int().nonnegative(),
  offset: z.int().nonnegative().default(0),
  began: z.int().nonnegative().default(0),
  newest: z.int().nonnegative().default(0),
});

/** @throws Error when the cursor is none of ours. */
export function readSweep(cursor: string, nowMs: number): Sweep {
  const fresh = { offset: 0, beganMs: nowMs, newestMs: 0 };
  if (cursor === "") return { fromMs: 0, ...fresh };
  const { from: fromMs, offset, began: beganMs, newest: newestMs } = parsed(cursor);
  return offset === 0 ? { fromMs, ...fresh } : { fromMs, offset, beganMs, newestMs };
}

function parsed(cursor: string): z.output<typeof written> {
  try {
    return written.parse(JSON.parse(cursor));
  } catch {
    throw new Error("the cursor is none of Crypto Pay's statement: begin anew with an empty one");
  }
}

/** Where it goes on after a page: in the same reading, or in the next one from what is known then. */
export function afterPage(sweep: Sweep, page: Page): { cursor: string; more: boolean } {
  const { fromMs: from, offset, beganMs: began } = sweep;
  const newest = Math.max(sweep.newestMs, ...page.rows.map(({ paidMs }) => paidMs));
  if (!isLast(page, from - longestExpiryMs)) {
    // An invoice that leaves the list moves up all that follow: a few rows are read twice.
    const step = Math.max(1, page.rows.length - Math.ceil(page.count / 100));
    return { cursor: JSON.stringify({ from, offset: offset + step, began, newest }), more: true };
  }
  const known = Math.max(from, Math.min(newest, began) - overlapMs);
  return { cursor: known === 0 ? "" : JSON.stringify({ from: known }), more: false };
}

/**
 * Whether nothing follows that was made after `borderMs`: the list is over, or it shows itself to go from newer
 * to older and has passed the border.
 */
export function isLast({ rows, count }: Page, borderMs: number): boolean {
  if (rows.length < count) return true;
  const falls = rows.every(
    ({ createdMs }, at) => createdMs <= (rows[at - 1]?.createdMs ?? createdMs),
  );
  const oldest = rows.at(-1)?.createdMs ?? 0;
  return falls && rows.length >= rowsOfProof && oldest < borderMs;
}
