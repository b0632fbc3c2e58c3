import { checkEnds, type Disagreement } from "../../../domain/operations/disagreement.ts";
import { type PendingRefund, priceReturned } from "../../../domain/payments/charge.ts";
import { instant } from "../../../domain/time.ts";
import { entryOf } from "../../access/time-lots.ts";
import type { Queries } from "../../orm.ts";
import { chargeOf } from "../../payments/payment-facts.ts";
import { readTogether } from "../../together.ts";

/** Subscriptions per page, so that an audit's memory does not depend on their number. */
export const subscriptionsAtOnce = 500;

/** A range of subscriptions: above the id `after`, up to `last`. */
interface Page {
  readonly after: string;
  readonly last: string;
}

/**
 * Finds where the time of subscriptions contradicts their payments or lots. Everything about one
 * subscription is read at one moment, so that concurrent bookings do not look like contradictions.
 */
export async function findTimeDisagreements(
  db: Queries,
  pageSize: number,
): Promise<Disagreement[]> {
  const found: Disagreement[] = [];
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const last = await findLastOfPage(db, after, pageSize);
    if (last === undefined) return found;
    found.push(...(await checkPage(db, { after, last })));
    after = last;
  }
}

async function findLastOfPage(
  db: Queries,
  after: string,
  size: number,
): Promise<string | undefined> {
  const page = db.selectFrom("subscriptions").select("id").where("id", ">", after);
  const row = await db
    .selectFrom(page.orderBy("id").limit(size).as("page"))
    .select("page.id")
    .orderBy("page.id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

async function checkPage(db: Queries, page: Page): Promise<Disagreement[]> {
  const read = await readTogether(db, (bare) => ({
    ends: selectEnds(bare, page),
    time: selectTime(bare, page),
    charges: selectCharges(bare, page),
    pending: selectPending(bare, page),
    addOns: selectAddOns(bare, page),
  }));
  return [...wrongTaken(read), ...wrongEnds(read)];
}

const selectEnds = (db: Queries, { after, last }: Page) =>
  db
    .selectFrom("subscriptions")
    .select(["id", "paidUntil"])
    .where("id", ">", after)
    .where("id", "<=", last)
    .orderBy("id");

const selectTime = (db: Queries, { after, last }: Page) =>
  db
    .selectFrom("time_lots")
    .select(["subscriptionId", "cause", "kind", "lot", "ms", "priceMinor", "currency", "terms"])
    .select(["returnedMinor", "at", "paidUntil"])
    .where("subscriptionId", ">", after)
    .where("subscriptionId", "<=", last)
    .orderBy("seq");

const selectCharges = (db: Queries, { after, last }: Page) =>
  db
    .selectFrom("charges as c")
    .innerJoin("payments as p", "p.id", "c.paymentId")
    .select(["c.paymentId", "c.reference", "c.paidMinor", "c.currency"])
    .select(["c.returnedMinor", "c.priceMinor", "c.returnedBeforeMinor", "c.use"])
    .where("c.use", "=", "grant")
    .where("p.subscriptionId", ">", after)
    .where("p.subscriptionId", "<=", last)
    .orderBy("c.paymentId");

const selectPending = (db: Queries, { after, last }: Page) =>
  db
    .selectFrom("refunds as r")
    .innerJoin("payments as p", "p.id", "r.paymentId")
    .select(["r.paymentId", "r.requestId", "r.reference", "r.upToMinor"])
    .where("r.state", "in", ["asked", "approved"])
    .where("p.subscriptionId", ">", after)
    .where("p.subscriptionId", "<=", last);

const selectAddOns = (db: Queries, { after, last }: Page) =>
  db
    .selectFrom("add_ons")
    .select(["paymentId", "returnedMinor"])
    .where("subscriptionId", ">", after)
    .where("subscriptionId", "<=", last);

type Row<Select extends (...args: never[]) => { execute(): Promise<readonly unknown[]> }> = Awaited<
  ReturnType<ReturnType<Select>["execute"]>
>[number];

interface ReadPage {
  readonly ends: readonly (Pick<Row<typeof selectEnds>, "id"> & {
    readonly paidUntil: string | null;
  })[];
  readonly time: readonly (Omit<Row<typeof selectTime>, "at" | "paidUntil"> & {
    readonly at: string;
    readonly paidUntil: string;
  })[];
  readonly charges: readonly Row<typeof selectCharges>[];
  readonly pending: readonly Row<typeof selectPending>[];
  readonly addOns: readonly Row<typeof selectAddOns>[];
}

/** A payment's time or add-on must have shrunk by the share of its price that is returned, or about to be. */
function wrongTaken({ time, charges, pending, addOns }: ReadPage): Disagreement[] {
  const returns = time.filter(({ kind }) => kind === "refund");
  const levels = new Map(returns.map(({ lot, returnedMinor }) => [lot, returnedMinor ?? 0]));
  for (const one of addOns) levels.set(`payment/${one.paymentId}`, one.returnedMinor);
  const pendingOf = Map.groupBy(pending, ({ paymentId }) => paymentId);
  return [...Map.groupBy(charges, ({ paymentId }) => paymentId)].flatMap(([id, own]) => {
    const open: readonly PendingRefund[] = (pendingOf.get(id) ?? []).map((row) => ({
      ...row,
      reservedMinor: 0,
    }));
    const should = priceReturned({ charges: own.map(chargeOf), pending: open });
    const level = levels.get(`payment/${id}`) ?? 0;
    if (should === level) return [];
    const details = `${should} of its price is back, what it bought was taken for ${level}`;
    return [{ kind: "wrongTaken", about: id, details }];
  });
}

/** The replayed time lots must end where the books say. */
function wrongEnds({ ends, time }: ReadPage): Disagreement[] {
  const timeOf = Map.groupBy(time, ({ subscriptionId }) => subscriptionId);
  return ends.flatMap(({ id, paidUntil }) => {
    const booked = (timeOf.get(id) ?? []).map((row) => ({
      entry: entryOf(row),
      paidUntil: instant(row.paidUntil),
    }));
    return checkEnds(id, booked, paidUntil === null ? undefined : instant(paidUntil));
  });
}
