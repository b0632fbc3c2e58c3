import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import { customerId, telegramId } from "../domain/ids.ts";
import { givenToEntries, sentBackEntries, unmatchedEntries } from "../domain/ledger.ts";
import { money } from "../domain/money.ts";
import type { GatewayName, GatewayReport, PaymentId, Told } from "../domain/payment.ts";
import type { Instant } from "../domain/time.ts";
import type { Resolution, Resolved, UnmatchedRefund } from "../domain/unmatched.ts";
import { AuditEntryRow } from "./audit-entry.ts";
import { CustomerRow } from "./customer.ts";
import { isAdmin } from "./customers.ts";
import { bookOnce } from "./ledger.ts";
import { UnmatchedRow } from "./payment.ts";

export class Unmatched {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Keeps the money apart until an admin decides, or notes that its gateway has sent it back. False: another step
   * kept it, or there is nothing to keep.
   */
  async keepOnce(id: PaymentId, told: Told, step: string): Promise<boolean> {
    const { gateway, report, evidence } = told;
    return this.#em.fork().transactional(async (em) => {
      if (report.kind === "refunded" || report.kind === "chargedBack") {
        await noteReturn(em, gateway, report);
      }
      if (report.kind !== "paid") return false;
      const { reference, paid, at, payer } = report;
      const kept = await em.findOne(UnmatchedRow, { gateway, reference });
      if (kept !== null) return kept.step === step;
      await em.insert(UnmatchedRow, {
        gateway,
        reference,
        paymentId: id,
        minor: paid.minor,
        currency: paid.currency,
        said: evidence,
        payer: payer ?? null,
        at: new Date(at),
        step,
        state: "open",
      });
      const fact = { fact: `${gateway}/${reference}/unmatched`, paymentId: id };
      await bookOnce(em, fact, unmatchedEntries(gateway, paid));
      return true;
    });
  }

  /** Writes down what an admin decided, with its audit row, once, and what is to be done now. */
  async resolveOnce(resolution: Resolution, now: Instant): Promise<Resolved> {
    const { gateway, reference, by, what, requestId } = resolution;
    return this.#em.fork().transactional(async (em): Promise<Resolved> => {
      if (!(await isAdmin(em, by))) return { kind: "notAdmin" };
      const row = await locked(em, { gateway, reference });
      if (row === null) return { kind: "notOpen" };
      if ((await em.count(AuditEntryRow, { requestId })) > 0) return answerOf(row, requestId);
      if (row.state !== "open") return { kind: "notOpen" };
      if (what.kind === "give" && !(await giveTo(em, row, what.customer))) {
        return { kind: "noCustomer" };
      }
      row.state = stateAfter[what.kind];
      row.resolvedBy = by;
      row.resolvedAt = new Date(now);
      row.reason = what.kind === "ignore" ? what.reason : null;
      const after = { state: row.state, gateway, reference, reason: row.reason };
      const { customerId: customer = null } = row;
      const act = { actor: by, act: `unmatched-${what.kind}`, customerId: customer };
      await em.insert(AuditEntryRow, {
        requestId,
        ...act,
        before: { state: "open" },
        after,
        at: now,
      });
      return answerOf(row, requestId);
    });
  }

  /** Money that went back is booked; what its gateway would not send back waits for an admin again. */
  async closeRefund(refund: UnmatchedRefund, how: "returned" | "refused"): Promise<void> {
    await this.#em.fork().transactional(async (em) => {
      const row = await locked(em, refund);
      if (row?.state !== "refunding") return;
      if (how === "returned") return sendBack(em, row);
      row.state = "open";
      row.resolvedBy = null;
      row.resolvedAt = null;
    });
  }
}

const stateAfter = { give: "given", refund: "refunding", ignore: "ignored" } as const;

const locked = (
  em: EntityManager,
  { gateway, reference }: Pick<UnmatchedRefund, "gateway" | "reference">,
) => em.findOne(UnmatchedRow, { gateway, reference }, { lockMode: LockMode.PESSIMISTIC_WRITE });

const amountOf = ({ minor, currency }: UnmatchedRow) => money(minor, currency);

function answerOf(row: UnmatchedRow, key: string): Resolved {
  const amount = amountOf(row);
  if (row.state !== "refunding") return { kind: "done", amount };
  const { gateway, reference, payer } = row;
  const who = payer === null || payer === undefined ? {} : { payer: telegramId(payer) };
  const refund = { key, gateway: gateway as GatewayName, reference, amount, ...who };
  return { kind: "refunding", refund };
}

/** False: there is no such customer. */
async function giveTo(em: EntityManager, row: UnmatchedRow, to: number): Promise<boolean> {
  const customer = await em.findOne(CustomerRow, { telegramId: to });
  if (customer === null) return false;
  row.customerId = customer.id;
  const fact = { fact: `${row.gateway}/${row.reference}/given`, paymentId: row.paymentId };
  await bookOnce(em, fact, givenToEntries(customerId(customer.id), amountOf(row)));
  return true;
}

async function sendBack(em: EntityManager, row: UnmatchedRow): Promise<void> {
  row.state = "returned";
  const { gateway, reference, paymentId } = row;
  const fact = { fact: `${gateway}/${reference}/sent-back`, paymentId };
  await bookOnce(em, fact, sentBackEntries(gateway as GatewayName, amountOf(row)));
}

/** The gateway itself has sent all of it back; our own refund of it comes to the same. */
async function noteReturn(
  em: EntityManager,
  gateway: GatewayName,
  { reference, returned }: Extract<GatewayReport, { kind: "refunded" | "chargedBack" }>,
): Promise<void> {
  const row = await locked(em, { gateway, reference });
  const isWaiting = row?.state === "open" || row?.state === "refunding";
  if (isWaiting && returned.minor >= row.minor) await sendBack(em, row);
}
