import { customerId } from "../../domain/ids.ts";
import { unmatchedAnnouncement, unmatchedChanged } from "../../domain/messaging/announcements.ts";
import { type Money, money } from "../../domain/money.ts";
import { unmatchedFact, unmatchedReturnFact } from "../../domain/payments/ledger.ts";
import {
  type GatewayEvent,
  type GatewayName,
  gatewayName,
  type GatewayReport,
  type PaymentId,
} from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { countOpen } from "../messaging/message-facts.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { findAllowed } from "../people/customers.ts";
import { bookFacts, loadBalances } from "./ledger.ts";
import { lock, lockWithCustomer, nameOf, type Row } from "./unmatched-rows.ts";

/** Books one event about an unmatched payment. */
export async function keepEvent(db: Queries, id: PaymentId, event: GatewayEvent): Promise<void> {
  const { report, gateway } = event;
  switch (report.kind) {
    case "paid":
      return keepPaid(db, id, { ...event, report });
    case "refunded":
    case "chargedBack":
      return keepReturn(db, id, { gateway, report, evidence: event.evidence });
    case "declined":
    case "progress":
  }
}

type PaidEvent = Omit<GatewayEvent, "report"> & {
  readonly report: Extract<GatewayReport, { kind: "paid" }>;
};

async function keepPaid(db: Queries, id: PaymentId, { gateway, report, evidence }: PaidEvent) {
  const { reference, paid, at, payer, sender, comment } = report;
  const of = { gateway: gateway as string, reference };
  // The same money is never booked twice.
  if (await isCharge(db, of)) return;
  const made = await db
    .insertInto("unmatched")
    .values({
      ...of,
      paymentId: id as string,
      minor: paid.minor,
      currency: paid.currency,
      evidence,
      payer: payer ?? null,
      sender: sender ?? null,
      comment: comment ?? null,
      at: new Date(at),
      state: "open",
    })
    .onConflict((row) => row.columns(["gateway", "reference"]).doNothing())
    .executeTakeFirst();
  const name = nameOf({ gateway, reference });
  const isNew = made.numInsertedOrUpdatedRows === 1n;
  const row = isNew ? undefined : await lock(db, { gateway, reference });
  // Its return was reported first: book it in and out.
  const returnedFirst = row !== undefined && row.minor === 0 && paid.minor > 0;
  if (!isNew && !returnedFirst) return;
  await bookFacts(db, id, [unmatchedFact(name, gateway, paid)]);
  if (returnedFirst) {
    const back = money(Math.min(row.returnedMinor, paid.minor), paid.currency);
    const all = {
      returned: back,
      total: back,
      ofBalance: money(0, paid.currency),
      from: undefined,
    };
    await bookFacts(db, id, [unmatchedReturnFact(name, gateway, all)]);
    await update(db, row, {
      minor: paid.minor,
      payer: payer ?? null,
      sender: sender ?? null,
      comment: comment ?? null,
      state: back.minor < paid.minor ? "open" : "returned",
    });
    await notifyReturn(db, { gateway, reference }, { newly: back, total: back });
  }
  const left = money(paid.minor - (returnedFirst ? row.returnedMinor : 0), paid.currency);
  if (left.minor <= 0) return;
  const open = { openCount: await countOpen(db, "unmatched"), now: instant(new Date()) };
  await enqueue(
    db,
    unmatchedAnnouncement(
      await findAllowed(db, "resolveUnmatched"),
      { gateway, reference, amount: left },
      open,
    ),
  );
}

/** Whether this charge is booked for a payment. */
async function isCharge(
  db: Queries,
  { gateway, reference }: { readonly gateway: string; readonly reference: string },
): Promise<boolean> {
  const row = await db
    .selectFrom("charges")
    .select("paymentId")
    .where("gateway", "=", gateway)
    .where("reference", "=", reference)
    .executeTakeFirst();
  return row !== undefined;
}

/** Notifies admins of a return; `total` is how much is returned so far. */
async function notifyReturn(
  db: Queries,
  of: { readonly gateway: GatewayName; readonly reference: string },
  { newly, total }: { readonly newly: Money; readonly total: Money },
): Promise<void> {
  const notice = { kind: "unmatchedReturned", gateway: of.gateway, amount: newly } as const;
  const key = `unmatched/${nameOf(of)}/returned/${total.minor}`;
  await notifyAdmins(db, key, notice);
}

interface ReturnEvent {
  readonly gateway: GatewayName;
  readonly report: Extract<GatewayReport, { kind: "refunded" | "chargedBack" }>;
  readonly evidence: string;
}

async function keepReturn(db: Queries, id: PaymentId, { gateway, report, evidence }: ReturnEvent) {
  const { reference, returned } = report;
  const row = await lockWithCustomer(db, { gateway, reference });
  if (row === undefined) {
    // Its payment gets it with the next statement or lookup, by which time its owner is known.
    if (await isCharge(db, { gateway, reference })) return;
    const { minor: returnedMinor, currency } = returned;
    const first = {
      gateway: gateway as string,
      reference,
      paymentId: id as string,
      minor: 0,
      returnedMinor,
    };
    await db
      .insertInto("unmatched")
      .values({ ...first, currency, evidence, at: new Date(), state: "returned" })
      .onConflict((of) => of.columns(["gateway", "reference"]).doNothing())
      .execute();
    return;
  }
  if (row.minor === 0) {
    if (returned.minor > row.returnedMinor)
      await update(db, row, { returnedMinor: returned.minor });
    return;
  }
  const cappedMinor = Math.min(returned.minor, row.minor);
  const newly = money(cappedMinor - row.returnedMinor, row.currency);
  if (newly.minor <= 0) return;
  await bookReturn(db, row, { newly, cappedMinor, forced: report.kind === "chargedBack" });
  const total = money(cappedMinor, row.currency);
  await notifyReturn(db, { gateway, reference }, { newly, total });
}

/** Books a return; `forced`: also from a balance that no longer holds the money. */
export async function bookReturn(
  db: Queries,
  row: Row,
  {
    newly,
    cappedMinor,
    forced,
  }: {
    readonly newly: Money;
    readonly cappedMinor: number;
    readonly forced: boolean;
  },
): Promise<void> {
  const gateway = gatewayName(row.gateway);
  const from = row.customerId === null ? undefined : customerId(row.customerId);
  const has = from === undefined ? 0 : ((await loadBalances(db, from))[row.currency] ?? 0);
  const ofBalance = forced ? newly.minor : Math.min(newly.minor, Math.max(0, has));
  const fact = unmatchedReturnFact(nameOf({ gateway, reference: row.reference }), gateway, {
    returned: newly,
    total: money(cappedMinor, row.currency),
    ofBalance: money(from === undefined ? 0 : ofBalance, row.currency),
    from,
  });
  await bookFacts(db, row.paymentId, [fact]);
  const isWaiting = row.state === "open" || row.state === "refunding";
  const isWhole = cappedMinor >= row.minor;
  await update(db, row, {
    returnedMinor: cappedMinor,
    ...(isWaiting && isWhole ? { state: "returned" as const } : {}),
  });
  await updateDigest(db, `${nameOf({ gateway, reference: row.reference })}/back/${cappedMinor}`);
}

/** Updates the number of open unmatched payments that admins were shown. */
export async function updateDigest(db: Queries, cause: string): Promise<void> {
  await enqueue(db, unmatchedChanged(await findAllowed(db, "resolveUnmatched"), cause));
}

/** What may change in the row of a charge. */
type UnmatchedChanges = Partial<
  Pick<Row, "minor" | "returnedMinor" | "state" | "payer"> & {
    readonly sender: string | null;
    readonly comment: string | null;
  }
>;

/** Changes the row of one charge. */
export async function update(
  db: Queries,
  { gateway, reference }: Pick<Row, "gateway" | "reference">,
  changes: UnmatchedChanges,
): Promise<void> {
  await db
    .updateTable("unmatched")
    .set(changes)
    .where("gateway", "=", gateway)
    .where("reference", "=", reference)
    .execute();
}
