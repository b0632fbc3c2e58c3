import { lineKey } from "../../../db/operations/quarantine.ts";
import { instant } from "../../../domain/time.ts";
import type {
  PaymentGateway,
  StatementLine,
  UnreadableRow,
} from "../../../gateways/payments/port.ts";
import { monotonicMs } from "./clock.ts";
import type { GatewayQueue } from "./gateway-queue.ts";
import { GatewayFailure } from "./outage.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";
import type { StatementLines, Undecided } from "./statement-lines.ts";

/** What is kept of something put aside: a line that is understood, or a row and the cursor before its page. */
type Kept = { readonly line: StatementLine } | KeptRow;

interface KeptRow {
  readonly from: string;
  readonly row: string;
}

interface StatementContext {
  readonly gateway: PaymentGateway;
  readonly asking: GatewayQueue;
  readonly lines: StatementLines;
  readonly run: Run;
}

/** Reads a gateway's statement, and tries again what was put aside of it. */
export class StatementReader {
  readonly #ports: ReconcilerPorts;
  readonly #given: StatementContext;
  /** Lines that were put aside because no workflow decided over them. */
  readonly #late = new Set<string>();

  constructor(ports: ReconcilerPorts, given: StatementContext) {
    this.#ports = ports;
    this.#given = given;
  }

  /**
   * Reads on, page by page, to the end. The cursor moves past a page when the books have all of it, or it is put
   * aside. `noteFound` is told how many messages were found that never arrived.
   */
  async readOn(noteFound: (count: number) => void): Promise<void> {
    const { statements } = this.#ports;
    const { gateway, asking, lines, run } = this.#given;
    const { account, name } = gateway.capabilities;
    const place = await statements.place(account);
    let { cursor, isNew } = place;
    let isHeld = false;
    for (;;) {
      const before = cursor;
      const page = await asking.ask(() => gateway.statement(before));
      for (const row of page.unreadable) await this.#putAside(row, before);
      const { past, found, undecided } = await lines.report(page.lines);
      noteFound(found);
      run.signal.throwIfAborted();
      isHeld ||= await this.#holds(undecided);
      // A line may come again in a later reading; it is counted in the first one alone.
      const skipped = place.isReadOnce ? 0 : past;
      const isOnward = page.cursor !== before || isNew;
      if (isOnward && !isHeld) await statements.moveTo(account, page.cursor, skipped);
      [cursor, isNew] = [page.cursor, false];
      if (!page.more) break;
      if (cursor === before) {
        throw new GatewayFailure(
          new Error(`its statement says that there is more and stays at ${cursor}`),
        );
      }
    }
    if (!place.isReadOnce && !isHeld) await statements.endFirstReading(account, name);
  }

  /**
   * Whether the cursor has to stay before a page because the books do not have these lines of it: a workflow that is
   * ended takes along what it was told. A line that takes too long is put aside, alone.
   */
  async #holds(undecided: readonly Undecided[]): Promise<boolean> {
    const longAgoMs = monotonicMs() - this.#ports.pace.holdMs;
    const isLate = ({ sinceMs }: Undecided) => sinceMs <= longAgoMs;
    for (const { line, key } of undecided.filter(isLate)) {
      if (this.#late.has(key)) continue;
      await this.#given.lines.putAside(line, new Error(undecidedReason));
      this.#late.add(key);
    }
    return !undecided.every(isLate);
  }

  /** Tries again what was put aside and is due, each on its own. */
  async retry(): Promise<void> {
    const { name: gateway } = this.#given.gateway.capabilities;
    const { quarantine } = this.#ports;
    for (const { key, evidence } of await quarantine.due(gateway, "line", instant(Date.now()))) {
      this.#given.run.signal.throwIfAborted();
      const reason = await this.#retry(evidence);
      const now = instant(Date.now());
      if (reason === undefined) await quarantine.resolve([key], now);
      else await quarantine.failAgain({ key, gateway, kind: "line", evidence, reason }, now);
    }
  }

  /** @returns why it cannot be handled still; undefined: it is handled. */
  async #retry(evidence: string): Promise<string | undefined> {
    const { lines } = this.#given;
    const kept = keptIn(evidence);
    if (kept === undefined) return "its evidence is not a line: look at it in the table quarantine";
    if ("line" in kept) {
      const { aside, undecided } = await lines.report([kept.line]);
      return aside[0]?.reason ?? (undecided.length > 0 ? undecidedReason : undefined);
    }
    try {
      return await this.#retryRow(kept);
    } catch (error) {
      if (error instanceof GatewayFailure) return error.message;
      throw error;
    }
  }

  /** Reads the row's page, and where newer rows may have moved it to a later one, from there to the end. */
  async #retryRow({ from, row }: KeptRow): Promise<string | undefined> {
    const { gateway, asking, lines, run } = this.#given;
    let isUndecided = false;
    for (let cursor = from; ;) {
      run.signal.throwIfAborted();
      const page = await asking.ask(() => gateway.statement(cursor));
      const still = page.unreadable.find(({ evidence }) => evidence === row);
      if (still !== undefined) return still.reason;
      // It is understood now, or gone. What is known of the page is passed over.
      const { undecided } = await lines.report(page.lines);
      isUndecided ||= undecided.length > 0;
      const isOver =
        gateway.capabilities.pagesMove !== true || !page.more || page.cursor === cursor;
      if (isOver) return isUndecided ? undecidedReason : undefined;
      ({ cursor } = page);
    }
  }

  async #putAside({ evidence, reason }: UnreadableRow, from: string): Promise<void> {
    const { name: gateway } = this.#given.gateway.capabilities;
    const kept = JSON.stringify({ from, row: evidence });
    const trouble = { gateway, kind: "line", evidence: kept, reason } as const;
    const key = lineKey(gateway, evidence);
    await this.#ports.quarantine.putAside({ key, ...trouble }, instant(Date.now()));
  }
}

const undecidedReason = "its payment's workflow has it and has not decided over it";

/** Undefined: it was not put aside by this reader. */
function keptIn(evidence: string): Kept | undefined {
  try {
    const kept = JSON.parse(evidence) as Kept;
    return "line" in kept || "from" in kept ? kept : undefined;
  } catch {
    return undefined;
  }
}
