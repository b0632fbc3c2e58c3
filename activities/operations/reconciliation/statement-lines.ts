import { lineKey } from "../../../db/operations/quarantine.ts";
import type { Finding } from "../../../db/operations/statements.ts";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { type BookedCharge, fateOf, newsOf } from "../../../domain/operations/reconciliation.ts";
import { eventKey } from "../../../domain/payments/event-key.ts";
import type { GatewayEvent } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import type { GatewayCapabilities, StatementLine } from "../../../gateways/payments/port.ts";
import { workConcurrently } from "../../concurrently.ts";
import { pause } from "../../pause.ts";
import {
  type AddressedLine,
  batchesOf,
  findingOf,
  mayBeOnItsWay,
  referenceOf,
} from "./addressed-line.ts";
import { Handovers, type UndecidedLine } from "./handovers.ts";
import { isOutage, reasonOf } from "./outage.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";

/** The outcome of reported lines. */
export interface ReportResult {
  /**
   * How many were skipped because they are from before this installation first used the account.
   */
  past: number;
  /** How many should have been reported to us and were not, each counted once. */
  found: number;
  /** What was quarantined, and why. */
  readonly quarantined: { readonly key: string; readonly reason: string }[];
  /**
   * What Temporal has and the books do not have yet: terminating the workflow now would lose it.
   */
  undecided: readonly UndecidedLine[];
}

const reportsAtOnce = 16;

/**
 * Reports lines of one gateway independently: one that cannot be handled is quarantined, and the
 * rest goes on.
 */
export class StatementLines {
  readonly #ports: ReconcilerPorts;
  readonly #capabilities: GatewayCapabilities;
  readonly #run: Run;
  readonly #handovers: Handovers;

  constructor(ports: ReconcilerPorts, capabilities: GatewayCapabilities, run: Run) {
    this.#ports = ports;
    this.#capabilities = capabilities;
    this.#run = run;
    this.#handovers = new Handovers(ports.polling.againMs);
  }

  /**
   * Reports the new ones of these lines. Resolves when each line is booked, stored by Temporal,
   * skipped or quarantined.
   * @throws Error when Temporal or the database cannot be reached: then report
   * the same lines again.
   */
  async report(lines: readonly StatementLine[]): Promise<ReportResult> {
    const result: ReportResult = { past: 0, found: 0, quarantined: [], undecided: [] };
    let news = await this.#selectNews(lines, result);
    if (this.#capabilities.notifies && news.some(mayBeOnItsWay)) {
      // A webhook may be on its way right now: then it was not lost.
      await pause(this.#ports.polling.inFlightMs, this.#run.signal);
      news = await this.#selectNews(news, result);
    }
    const accepted: AddressedLine[] = [];
    const fresh = this.#handovers.withoutRecent(news);
    await workConcurrently(batchesOf(fresh), reportsAtOnce, async (batch) => {
      accepted.push(...(await this.#send(batch, result)));
    });
    this.#handovers.record(accepted);
    result.undecided = this.#handovers.undecidedAmong(news);
    if (this.#capabilities.notifies)
      result.found = await this.#recordFindings(accepted.map(findingOf));
    return result;
  }

  #recordFindings(findings: readonly Finding[]): Promise<number> {
    return this.#ports.statements.recordFindings(this.#capabilities.name, findings);
  }

  /**
   * Selects the new lines. Lines are handled together; if that fails, half by half, until the
   * failing line is alone.
   */
  async #selectNews(
    lines: readonly StatementLine[],
    result: ReportResult,
  ): Promise<readonly AddressedLine[]> {
    this.#run.signal.throwIfAborted();
    if (lines.length === 0) return [];
    try {
      return await this.#findNews(lines, result);
    } catch (error) {
      if (isOutage(error)) throw error;
      const [line] = lines;
      if (lines.length === 1 && line !== undefined) {
        await this.#quarantine(line, error, result);
        return [];
      }
      const half = Math.ceil(lines.length / 2);
      const first = await this.#selectNews(lines.slice(0, half), result);
      return [...first, ...(await this.#selectNews(lines.slice(half), result))];
    }
  }

  async #findNews(
    lines: readonly StatementLine[],
    result: ReportResult,
  ): Promise<readonly AddressedLine[]> {
    const { statements } = this.#ports;
    const { name, account } = this.#capabilities;
    const startedAt = this.#ports.startedAt(account);
    const charges = await statements.findCharges(name, lines.flatMap(referenceOf));
    const addressed = await this.#findPayments(lines, charges);
    const known = new Set(charges.map(({ reference }) => reference));
    const dust: Finding[] = [];
    let past = 0;
    const ours = addressed.filter((line) => {
      const isKnown = referenceOf(line).some((reference) => known.has(reference));
      const fate = fateOf(line, { isKnown, startedAt });
      if (fate === "past") past += 1;
      if (fate === "dust") dust.push({ ...findingOf(line), kind: "dust" });
      return fate === "reported";
    });
    const news = await this.#leaveOutDecided(newsOf(ours, charges));
    await this.#recordFindings(dust);
    result.past += past;
    return news;
  }

  /**
   * Leaves out decided events: one that was decided to be inconsistent changes no charge,
   * but is decided.
   */
  async #leaveOutDecided(news: readonly AddressedLine[]): Promise<readonly AddressedLine[]> {
    if (news.length === 0) return news;
    const { name: gateway } = this.#capabilities;
    const keyed = news.map((line) => ({
      line,
      key: eventKey({ id: line.id, gateway }, line.report),
    }));
    const decided = await this.#ports.statements.findDecided(keyed.map(({ key }) => key));
    return keyed.filter(({ key }) => !decided.has(key)).map(({ line }) => line);
  }

  /**
   * Finds each line's payment. A line that does not name an order belongs to the payment that has
   * its charge, e.g. a return without its invoice.
   */
  async #findPayments(
    lines: readonly StatementLine[],
    charges: readonly BookedCharge[],
  ): Promise<AddressedLine[]> {
    // The page's own payments count too: they are not booked yet.
    const owners = new Map([
      ...lines.flatMap((line) => {
        const { about } = line;
        if (about.kind !== "payment" || line.report.kind !== "paid") return [];
        return referenceOf(line).map((reference) => [reference, about.id] as const);
      }),
      ...charges.flatMap(({ reference, paymentId }) =>
        paymentId == null ? [] : [[reference, paymentId] as const],
      ),
    ]);
    const namedIds = lines.flatMap(({ about }) => (about.kind === "payment" ? [about.id] : []));
    const ids = [...namedIds, ...owners.values()];
    const memos = lines.flatMap(({ about }) => (about.kind === "memo" ? [about.memo] : []));
    const payments = await this.#ports.statements.findPayments(ids, memos);
    const byId = new Map(payments.map((payment) => [payment.id, payment]));
    const byMemo = new Map(payments.map((payment) => [payment.memo, payment]));
    return lines.map((line) => {
      const { about } = line;
      const order = about.kind === "memo" ? byMemo.get(about.memo) : undefined;
      const [reference = ""] = referenceOf(line);
      const named = about.kind === "payment" ? about.id : order?.id;
      const id =
        named ?? owners.get(reference) ?? unmatchedPaymentId(this.#capabilities.name, reference);
      return { ...line, id, state: (order ?? byId.get(id))?.state };
    });
  }

  /**
   * Sends a batch to its payment's workflow.
   * @returns the lines that Temporal has accepted.
   */
  async #send(
    batch: readonly AddressedLine[],
    result: ReportResult,
  ): Promise<readonly AddressedLine[]> {
    this.#run.signal.throwIfAborted();
    const [first] = batch;
    if (first === undefined) return [];
    try {
      await this.#ports.workflows.reportEvents(
        first.id,
        batch.map((line) => this.#eventOf(line)),
      );
      return batch;
    } catch (error) {
      if (isOutage(error)) throw error;
      if (batch.length === 1) {
        await this.#quarantine(first, error, result);
        return [];
      }
    }
    const accepted: AddressedLine[] = [];
    for (const line of batch) accepted.push(...(await this.#send([line], result)));
    return accepted;
  }

  #eventOf({ report, evidence }: AddressedLine): GatewayEvent {
    const source = this.#capabilities.notifies ? "reconciliation" : "gateway";
    return { gateway: this.#capabilities.name, report, evidence, source };
  }

  async #quarantine(line: StatementLine, error: unknown, result: ReportResult): Promise<void> {
    result.quarantined.push(await this.quarantine(line, error));
  }

  /**
   * Quarantines a line that cannot be handled now, to be retried.
   * @returns its key and the reason.
   */
  async quarantine(line: StatementLine, error: unknown): Promise<{ key: string; reason: string }> {
    const { about, report, evidence, at } = line;
    const stored = JSON.stringify({ line: { about, report, evidence, at } });
    const key = lineKey(this.#capabilities.name, stored);
    const reason = reasonOf(error);
    const trouble = {
      key,
      gateway: this.#capabilities.name,
      kind: "line",
      evidence: stored,
      reason,
    } as const;
    await this.#ports.quarantine.putAside(trouble, instant(Date.now()));
    return { key, reason };
  }
}
