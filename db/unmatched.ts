import { customerId, type TelegramId, telegramId } from "../domain/ids.ts";
import { givenFact, unmatchedFact, unmatchedReturned } from "../domain/ledger.ts";
import { adminNoticesTo, noticeTo } from "../domain/message.ts";
import { money } from "../domain/money.ts";
import type { GatewayEvent, GatewayName, GatewayReport, PaymentId } from "../domain/payment.ts";
import type { Instant } from "../domain/time.ts";
import type {
  Resolution,
  Resolved,
  UnmatchedRefund,
  UnmatchedResult,
} from "../domain/unmatched.ts";
import { adminIds, findCustomer, isAdmin } from "./customers.ts";
import { keepEvents } from "./gateway-events.ts";
import { balancesOf, bookFacts } from "./ledger.ts";
import { enqueue } from "./messages.ts";
import { type EntityManager, inTransaction, type Queries } from "./orm.ts";
import { lock, lockWithCustomer, nameOf, type Row } from "./unmatched-rows.ts";

export class Unmatched {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Keeps money that no order asked for apart until an admin decides, books what of it its gateway sent back, and
   * tells the admins of both. Each event counts once, by its charge and amount. Answers how much waits now.
   */
  keepAll(id: PaymentId, events: readonly GatewayEvent[]): Promise<number> {
    return inTransaction(this.#em, async (db) => {
      await keepEvents(db, id, events);
      for (const event of events) await keep(db, id, event);
      const row = await db
        .selectFrom("unmatched")
        .select((of) => of.fn.countAll<string>().as("count"))
        .where("paymentId", "=", id as string)
        .where("state", "=", "open")
        .executeTakeFirstOrThrow();
      return Number(row.count);
    });
  }

  /** Writes down what an admin decided, with its audit row, once, and what is to be done now. */
  resolveOnce(resolution: Resolution, now: Instant): Promise<Resolved> {
    return inTransaction(this.#em, (db) => resolve(db, resolution, now));
  }

  /** Tells the admin how it ended; a gateway's refusal leaves the money to whoever decides next. */
  close(
    { by, requestId }: Pick<Resolution, "by" | "requestId">,
    result: UnmatchedResult,
    refund?: UnmatchedRefund,
  ): Promise<void> {
    return inTransaction(this.#em, async (db) => {
      if (refund !== undefined) await closeRefund(db, refund, result.kind === "returned");
      const notice = { kind: "unmatchedResolved", resolved: result } as const;
      await enqueue(db, [noticeTo(by, `unmatched/${requestId}`, notice)]);
    });
  }
}

async function keep(db: Queries, id: PaymentId, event: GatewayEvent): Promise<void> {
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
  const { reference, paid, at, payer } = report;
  const of = { gateway: gateway as string, reference };
  const charge = await db
    .selectFrom("charges")
    .select("paymentId")
    .where("gateway", "=", of.gateway)
    .where("reference", "=", reference)
    .executeTakeFirst();
  // The same money is a payment's already: never two bookings of it.
  if (charge !== undefined) return;
  const made = await db
    .insertInto("unmatched")
    .values({
      ...of,
      paymentId: id as string,
      minor: paid.minor,
      currency: paid.currency,
      evidence,
      payer: payer ?? null,
      at: new Date(at),
      state: "open",
    })
    .onConflict((row) => row.columns(["gateway", "reference"]).doNothing())
    .executeTakeFirst();
  const name = nameOf({ gateway, reference });
  const isNew = made.numInsertedOrUpdatedRows === 1n;
  const row = isNew ? undefined : await lock(db, { gateway, reference });
  // Its return came first: it is booked in and out.
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
    await bookFacts(db, id, [unmatchedReturned(name, gateway, all)]);
    const state = back.minor < paid.minor ? "open" : "returned";
    await update(db, row, { minor: paid.minor, state });
    if (state === "returned") return;
  }
  const notice = { kind: "unmatchedMoney", gateway, amount: paid } as const;
  await enqueue(db, adminNoticesTo(await adminIds(db), `unmatched/${name}`, notice));
}

interface ReturnEvent {
  readonly gateway: GatewayName;
  readonly report: Extract<GatewayReport, { kind: "refunded" | "chargedBack" }>;
  readonly evidence: string;
}

async function keepReturn(db: Queries, id: PaymentId, { gateway, report, evidence }: ReturnEvent) {
  const { reference, returned: total } = report;
  const row = await lockWithCustomer(db, { gateway, reference });
  if (row === undefined) {
    const { minor: returnedMinor, currency } = total;
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
    if (total.minor > row.returnedMinor) await update(db, row, { returnedMinor: total.minor });
    return;
  }
  const cappedMinor = Math.min(total.minor, row.minor);
  const newly = money(cappedMinor - row.returnedMinor, row.currency);
  if (newly.minor <= 0) return;
  await bookReturn(db, row, { newly, cappedMinor, forced: report.kind === "chargedBack" });
  const notice = { kind: "unmatchedReturned", gateway, amount: newly } as const;
  const key = `unmatched/${nameOf({ gateway, reference })}/returned/${cappedMinor}`;
  await enqueue(db, adminNoticesTo(await adminIds(db), key, notice));
}

async function bookReturn(
  db: Queries,
  row: Row,
  {
    newly,
    cappedMinor,
    forced,
  }: {
    readonly newly: ReturnType<typeof money>;
    readonly cappedMinor: number;
    readonly forced: boolean;
  },
): Promise<void> {
  const gateway = row.gateway as GatewayName;
  const from = row.customerId === null ? undefined : customerId(row.customerId);
  const has = from === undefined ? 0 : ((await balancesOf(db, from))[row.currency] ?? 0);
  const ofBalance = forced ? newly.minor : Math.min(newly.minor, Math.max(0, has));
  const fact = unmatchedReturned(nameOf({ gateway, reference: row.reference }), gateway, {
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
}

async function update(
  db: Queries,
  { gateway, reference }: Pick<Row, "gateway" | "reference">,
  changes: Partial<Pick<Row, "minor" | "returnedMinor" | "state">>,
): Promise<void> {
  await db
    .updateTable("unmatched")
    .set(changes)
    .where("gateway", "=", gateway)
    .where("reference", "=", reference)
    .execute();
}

const stateAfter = { give: "given", refund: "refunding", ignore: "ignored" } as const;

async function resolve(db: Queries, resolution: Resolution, now: Instant): Promise<Resolved> {
  const { gateway, reference, by, what, requestId } = resolution;
  if (!(await isAdmin(db, by))) return { kind: "notAdmin" };
  const row = await lock(db, { gateway, reference });
  if (row === undefined) return { kind: "notOpen" };
  if (row.requestId === requestId) return answerOf(row);
  if (row.state !== "open") return { kind: "notOpen" };
  const customer = what.kind === "give" ? await findCustomer(db, what.customer) : undefined;
  if (what.kind === "give" && customer === undefined) return { kind: "noCustomer" };
  const reason = what.kind === "ignore" ? what.reason : null;
  const state = stateAfter[what.kind];
  const decided = { state, requestId, customerId: customer?.id ?? null, reason };
  await db
    .updateTable("unmatched")
    .set({ ...decided, resolvedBy: by as number, resolvedAt: new Date(now) })
    .where("gateway", "=", row.gateway)
    .where("reference", "=", reference)
    .execute();
  await db
    .insertInto("audit_log")
    .values({
      requestId,
      actor: by as number,
      act: `unmatched-${what.kind}`,
      customerId: customer?.id ?? null,
      before: { state: "open" },
      after: { state, gateway, reference, reason },
      at: new Date(now),
    })
    .execute();
  if (customer !== undefined)
    await give(db, row, { id: customer.id, to: telegramId(customer.telegramId) });
  return answerOf({ ...row, ...decided });
}

async function give(
  db: Queries,
  row: Row,
  { id, to }: { readonly id: string; readonly to: TelegramId },
): Promise<void> {
  const amount = money(row.minor - row.returnedMinor, row.currency);
  const name = nameOf({ gateway: row.gateway as GatewayName, reference: row.reference });
  await bookFacts(db, row.paymentId, [givenFact(name, customerId(id), amount)]);
  const notice = { kind: "credited", amount, why: "found" } as const;
  await enqueue(db, [noticeTo(to, `unmatched/${name}/given`, notice)]);
}

function answerOf(row: Row): Resolved {
  const { gateway, reference, payer, currency, minor, returnedMinor } = row;
  if (row.state !== "refunding") {
    return { kind: "done", amount: money(minor - returnedMinor, currency) };
  }
  const who = payer === null ? {} : { payer: telegramId(payer) };
  const amounts = { paid: money(minor, currency), returned: money(returnedMinor, currency) };
  const key = row.requestId ?? reference;
  const refund = { key, gateway: gateway as GatewayName, reference, ...amounts, ...who };
  return { kind: "refunding", refund };
}

async function closeRefund(
  db: Queries,
  { gateway, reference }: UnmatchedRefund,
  isReturned: boolean,
): Promise<void> {
  const row = await lockWithCustomer(db, { gateway, reference });
  if (row === undefined) return;
  if (!isReturned) {
    if (row.state === "refunding") await update(db, row, { state: "open" });
    return;
  }
  const newly = money(row.minor - row.returnedMinor, row.currency);
  if (newly.minor > 0) await bookReturn(db, row, { newly, cappedMinor: row.minor, forced: false });
}
