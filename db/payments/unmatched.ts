import { customerId, type TelegramId, telegramId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import { difference, type Money, money } from "../../domain/money.ts";
import { unmatchedCreditFact } from "../../domain/payments/ledger.ts";
import { type GatewayEvent, gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import {
  type Resolution,
  type ResolutionResult,
  stateAfterDecision,
  type UnmatchedRefund,
  type UnmatchedResult,
} from "../../domain/payments/unmatched.ts";
import type { Instant } from "../../domain/time.ts";
import { countAll } from "../expressions.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { findCustomer, isAllowed } from "../people/customers.ts";
import { keepEvents } from "./gateway-events.ts";
import { bookFacts } from "./ledger.ts";
import { answerResolution } from "./unmatched-answers.ts";
import { bookReturn, keepEvent, update, updateDigest } from "./unmatched-events.ts";
import { lock, lockWithCustomer, nameOf, type Row } from "./unmatched-rows.ts";

/** Money that gateways received without an order of ours. */
export class UnmatchedPayments {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Books unmatched payments and their returns, and notifies the admins. Each event counts once, by
   * its charge and amount.
   * @returns how many charges under this id wait for a decision.
   */
  keepAll(id: PaymentId, events: readonly GatewayEvent[]): Promise<number> {
    return inTransaction(this.#em, async (db) => {
      await keepEvents(db, id, events);
      for (const event of events) await keepEvent(db, id, event);
      const { count } = await db
        .selectFrom("unmatched")
        .select(countAll.as("count"))
        .where("paymentId", "=", id as string)
        .where("state", "=", "open")
        .executeTakeFirstOrThrow();
      return count;
    });
  }

  /** Records an admin's decision with its audit row, once, and returns what is to be done now. */
  resolveOnce(
    resolution: Resolution,
    now: Instant,
    { mayReturn }: { readonly mayReturn: boolean } = { mayReturn: true },
  ): Promise<ResolutionResult> {
    return inTransaction(this.#em, async (db) => {
      const row = await lock(db, resolution);
      // A recorded decision goes on, even if the admin is no longer one
      // or the gateway no longer refunds.
      const isDecided = row?.requestId === resolution.requestId;
      const isRefused = !isDecided && resolution.what.kind === "refund" && !mayReturn;
      if (isRefused) return { kind: "notPossible" };
      const result = isDecided ? answerOf(row) : await resolve(db, row, resolution, now);
      if (result.kind === "refunding") {
        await answerResolution(db, resolution, "underWay", leftOf(result.refund));
      }
      return result;
    });
  }

  /** Answers the admin. If the gateway refused, the money is open to a new decision. */
  close(resolution: Resolution, result: UnmatchedResult, refund?: UnmatchedRefund): Promise<void> {
    return inTransaction(this.#em, async (db) => {
      if (refund !== undefined) await closeRefund(db, refund, result.kind === "returned");
      await answerResolution(db, resolution, result.kind, refund && leftOf(refund));
    });
  }
}

/** What is left of a payment that is returned. */
const leftOf = ({ paid, returned }: UnmatchedRefund): Money => difference(paid, returned);

async function resolve(
  db: Queries,
  row: Row | undefined,
  resolution: Resolution,
  now: Instant,
): Promise<ResolutionResult> {
  const { gateway, reference, by, what, requestId } = resolution;
  if (!(await isAllowed(db, by, "resolveUnmatched"))) return { kind: "notAdmin" };
  if (row?.state !== "open") return { kind: "notOpen" };
  const customer = what.kind === "give" ? await findCustomer(db, what.customer) : undefined;
  if (what.kind === "give" && customer === undefined) return { kind: "noCustomer" };
  const reason = what.kind === "ignore" ? what.reason : null;
  const state = stateAfterDecision[what.kind];
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
  await updateDigest(db, `decided/${requestId}`);
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
  const name = nameOf({ gateway: gatewayName(row.gateway), reference: row.reference });
  await bookFacts(db, row.paymentId, [unmatchedCreditFact(name, customerId(id), amount)]);
  const notice = { kind: "credited", amount, why: "found" } as const;
  await enqueue(db, [noticeTo(to, `unmatched/${name}/given`, notice)]);
}

function answerOf(row: Row): ResolutionResult {
  const { gateway, reference, payer, currency, minor, returnedMinor } = row;
  if (row.state !== "refunding") {
    return { kind: "done", amount: money(minor - returnedMinor, currency) };
  }
  const who = payer === null ? {} : { payer: telegramId(payer) };
  const amounts = { paid: money(minor, currency), returned: money(returnedMinor, currency) };
  const key = row.requestId ?? reference;
  const refund = { key, gateway: gatewayName(gateway), reference, ...amounts, ...who };
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
    if (row.state !== "refunding") return;
    await update(db, row, { state: "open" });
    await updateDigest(db, `refused/${row.requestId}`);
    return;
  }
  const newly = money(row.minor - row.returnedMinor, row.currency);
  if (newly.minor > 0) await bookReturn(db, row, { newly, cappedMinor: row.minor, forced: false });
}
