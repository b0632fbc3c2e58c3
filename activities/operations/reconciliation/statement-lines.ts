import { lineKey } from "../../../db/operations/quarantine.ts";
import type { Finding } from "../../../db/operations/statements.ts";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { type BookedCharge, fateOf, newsOf } from "../../../domain/operations/reconciliation.ts";
import { eventKey } from "../../../domain/payments/event-key.ts";
import type { GatewayEvent, PaymentId, PaymentState } from "../../../domain/payments/payment.ts";
import { hourMs, instant, secondMs, toMs } from "../../../domain/time.ts";
import type { GatewayCapabilities, StatementLine } from "../../../gateways/payments/port.ts";
import { concurrently } from "../../concurrently.ts";
import { pause } from "../../pause.ts";
import { monotonicMs } from "./clock.ts";
import { isOutage, reasonOf } from "./outage.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";

/** A line with the payment that it is reported to, and how its order stands; undefined: nobody's. */
interface Aimed extends StatementLine {
  readonly id: PaymentId;
  readonly state: PaymentState | undefined;
}

/** What became of lines. */
export interface Reported {
  /** How many were passed over, being from before the shop first used the account. */
  past: number;
  /** How many should have been pushed to us and were not, counted once. */
  found: number;
  /** What was put aside, and why. */
  readonly aside: { readonly key: string; readonly reason: string }[];
  /** What Temporal has, and the books do not have yet: a workflow that is terminated now takes it along. */
  undecided: readonly Undecided[];
}

export interface Undecided {
  readonly line: StatementLine;
  readonly key: string;
  /** When Temporal had it first. */
  readonly sinceMs: number;
}

/** When a line was handed to Temporal, and when it was last seen. */
interface Handed {
  readonly sinceMs: number;
  readonly lastMs: number;
  seenMs: number;
}

/** What was not seen for so long is forgotten: it is in the books, or its reading is over. */
const forgottenAfterMs = hourMs;

/** Of a report that is older than this no message is under way any more. */
const onItsWayMs = 30 * secondMs;
/** One signal's worth: well below what Temporal takes at once. */
const mostEvents = 50;
const mostBytes = 200_000;
const reportsAtOnce = 16;

/** Reports lines of one gateway, each on its own: one that cannot be handled is put aside, and the rest goes on. */
export class StatementLines {
  readonly #ports: ReconcilerPorts;
  readonly #facts: GatewayCapabilities;
  readonly #run: Run;
  readonly #handed = new Map<string, Handed>();

  constructor(ports: ReconcilerPorts, facts: GatewayCapabilities, run: Run) {
    this.#ports = ports;
    this.#facts = facts;
    this.#run = run;
  }

  /**
   * Reports what of these lines is news. It resolves when each line is known, in Temporal's hands, passed over or
   * put aside.
   * @throws Error when Temporal or the database is away: then the same lines are to be reported again.
   */
  async report(lines: readonly StatementLine[]): Promise<Reported> {
    const reported: Reported = { past: 0, found: 0, aside: [], undecided: [] };
    let news = await this.#sift(lines, reported);
    if (this.#isPushed && news.some(mayBeOnItsWay)) {
      // A message may be on its way this very moment: then it was not lost.
      await pause(this.#ports.pace.inFlightMs, this.#run.signal);
      news = await this.#sift(news, reported);
    }
    const taken: Aimed[] = [];
    const fresh = this.#notJustHanded(news);
    await concurrently(batchesOf(fresh), reportsAtOnce, async (batch) => {
      taken.push(...(await this.#pass(batch, reported)));
    });
    this.#noteHanded(taken);
    reported.undecided = news.flatMap((line) => {
      const key = keyOf(line);
      const handed = this.#handed.get(key);
      return handed === undefined ? [] : [{ line, key, sinceMs: handed.sinceMs }];
    });
    if (this.#isPushed) reported.found = await this.#find(taken.map(findingOf));
    return reported;
  }

  #notJustHanded(news: readonly Aimed[]): readonly Aimed[] {
    const now = monotonicMs();
    return news.filter((line) => {
      const handed = this.#handed.get(keyOf(line));
      if (handed === undefined) return true;
      handed.seenMs = now;
      return now - handed.lastMs >= this.#ports.pace.againMs;
    });
  }

  #noteHanded(taken: readonly Aimed[]): void {
    const now = monotonicMs();
    for (const line of taken) {
      const key = keyOf(line);
      const sinceMs = this.#handed.get(key)?.sinceMs ?? now;
      this.#handed.set(key, { sinceMs, lastMs: now, seenMs: now });
    }
    for (const [key, { seenMs }] of this.#handed) {
      if (now - seenMs > forgottenAfterMs) this.#handed.delete(key);
    }
  }

  get #isPushed(): boolean {
    return this.#facts.delivery === "pushes";
  }

  #find(findings: readonly Finding[]): Promise<number> {
    return this.#ports.statements.recordFindings(this.#facts.name, findings);
  }

  /** What is news. Lines are handled together; where that fails, half by half, until the one that fails is alone. */
  async #sift(lines: readonly StatementLine[], reported: Reported): Promise<readonly Aimed[]> {
    this.#run.signal.throwIfAborted();
    if (lines.length === 0) return [];
    try {
      return await this.#newsOf(lines, reported);
    } catch (error) {
      if (isOutage(error)) throw error;
      const [line] = lines;
      if (lines.length === 1 && line !== undefined) {
        await this.#putAside(line, error, reported);
        return [];
      }
      const half = Math.ceil(lines.length / 2);
      const first = await this.#sift(lines.slice(0, half), reported);
      return [...first, ...(await this.#sift(lines.slice(half), reported))];
    }
  }

  async #newsOf(lines: readonly StatementLine[], reported: Reported): Promise<readonly Aimed[]> {
    const { statements } = this.#ports;
    const { name, account } = this.#facts;
    const startedAt = this.#ports.startedAt(account);
    const charges = await statements.charges(name, lines.flatMap(referenceOf));
    const aimed = await this.#aim(lines, charges);
    const known = new Set(charges.map(({ reference }) => reference));
    const dust: Finding[] = [];
    let past = 0;
    const ours = aimed.filter((line) => {
      const isKnown = referenceOf(line).some((reference) => known.has(reference));
      const fate = fateOf(line, { isKnown, startedAt });
      if (fate === "past") past += 1;
      if (fate === "dust") dust.push({ ...findingOf(line), kind: "dust" });
      return fate === "reported";
    });
    const news = await this.#undecidedOf(newsOf(ours, charges));
    await this.#find(dust);
    reported.past += past;
    return news;
  }

  /** What was decided to be wrong changes no charge; decided it is all the same. */
  async #undecidedOf(news: readonly Aimed[]): Promise<readonly Aimed[]> {
    if (news.length === 0) return news;
    const { name: gateway } = this.#facts;
    const keyed = news.map((line) => ({
      line,
      key: eventKey({ id: line.id, gateway }, line.report),
    }));
    const decided = await this.#ports.statements.findDecided(keyed.map(({ key }) => key));
    return keyed.filter(({ key }) => !decided.has(key)).map(({ line }) => line);
  }

  /** A line that names no order is about the payment that has its charge, e.g. a return without its invoice. */
  async #aim(lines: readonly StatementLine[], charges: readonly BookedCharge[]): Promise<Aimed[]> {
    // Those of the page come first: what it pays for an order is in no books yet.
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
    const named = lines.flatMap(({ about }) => (about.kind === "payment" ? [about.id] : []));
    const ids = [...named, ...owners.values()];
    const memos = lines.flatMap(({ about }) => (about.kind === "memo" ? [about.memo] : []));
    const payments = await this.#ports.statements.payments(ids, memos);
    const byId = new Map(payments.map((payment) => [payment.id, payment]));
    const byMemo = new Map(payments.map((payment) => [payment.memo, payment]));
    return lines.map((line) => {
      const { about } = line;
      const order = about.kind === "memo" ? byMemo.get(about.memo) : undefined;
      const [reference = ""] = referenceOf(line);
      const asked = about.kind === "payment" ? about.id : order?.id;
      const id = asked ?? owners.get(reference) ?? unmatchedPaymentId(this.#facts.name, reference);
      return { ...line, id, state: (order ?? byId.get(id))?.state };
    });
  }

  /** @returns the lines that Temporal has taken. */
  async #pass(batch: readonly Aimed[], reported: Reported): Promise<readonly Aimed[]> {
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
        await this.#putAside(first, error, reported);
        return [];
      }
    }
    const taken: Aimed[] = [];
    for (const line of batch) taken.push(...(await this.#pass([line], reported)));
    return taken;
  }

  #eventOf({ report, evidence }: Aimed): GatewayEvent {
    const source = this.#isPushed ? "reconciliation" : "gateway";
    return { gateway: this.#facts.name, report, evidence, source };
  }

  async #putAside(line: StatementLine, error: unknown, reported: Reported): Promise<void> {
    reported.aside.push(await this.putAside(line, error));
  }

  /** Keeps a line that cannot be handled now, to be tried again. */
  async putAside(line: StatementLine, error: unknown): Promise<{ key: string; reason: string }> {
    const { about, report, evidence, at } = line;
    const kept = JSON.stringify({ line: { about, report, evidence, at } });
    const key = lineKey(this.#facts.name, kept);
    const reason = reasonOf(error);
    const trouble = {
      key,
      gateway: this.#facts.name,
      kind: "line",
      evidence: kept,
      reason,
    } as const;
    await this.#ports.quarantine.putAside(trouble, instant(Date.now()));
    return { key, reason };
  }
}

const keyOf = ({ id, report }: Aimed): string => JSON.stringify([id, report]);

const referenceOf = ({ report }: StatementLine): string[] =>
  "reference" in report && report.reference !== undefined ? [report.reference] : [];

const findingOf = (line: Aimed): Finding => ({
  paymentId: line.id,
  kind: line.report.kind,
  reference: referenceOf(line)[0] ?? "",
});

/** A gateway that does not say when it happened may be about to push it. */
function mayBeOnItsWay({ report, at }: StatementLine): boolean {
  const moment = at ?? (report.kind === "paid" ? report.at : undefined);
  return moment === undefined || Date.now() - toMs(moment) < onItsWayMs;
}

/** By payment, in their order, in parts that one signal carries. */
function batchesOf(lines: readonly Aimed[]): readonly (readonly Aimed[])[] {
  const batches: Aimed[][] = [];
  const open = new Map<PaymentId, { lines: Aimed[]; bytes: number }>();
  for (const line of lines) {
    const bytes = line.evidence.length;
    const batch = open.get(line.id);
    if (batch && batch.lines.length < mostEvents && batch.bytes + bytes < mostBytes) {
      batch.lines.push(line);
      batch.bytes += bytes;
      continue;
    }
    const begun = { lines: [line], bytes };
    open.set(line.id, begun);
    batches.push(begun.lines);
  }
  return batches;
}
