import { lineKey } from "../../../db/operations/quarantine.ts";
import { instant } from "../../../domain/time.ts";
import type {
  PaymentGateway,
  StatementLine,
  UnreadableRow,
} from "../../../gateways/payments/port.ts";
import { monotonicMs } from "./clock.ts";
import type { GatewayQueue } from "./gateway-queue.ts";
import type { UndecidedLine } from "./handovers.ts";
import { GatewayFailure } from "./outage.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";
import type { StatementLines } from "./statement-lines.ts";

/** The stored evidence: a line that could be parsed, or a row and the cursor before its page. */
type StoredEvidence = { readonly line: StatementLine } | StoredRow;

interface StoredRow {
  readonly from: string;
  readonly row: string;
}

interface StatementContext {
  readonly gateway: PaymentGateway;
  readonly queue: GatewayQueue;
  readonly lines: StatementLines;
  readonly run: Run;
}

/** Reads a gateway's statement, and retries what was quarantined of it. */
export class StatementReader {
  readonly #ports: ReconcilerPorts;
  readonly #context: StatementContext;
  /** Lines that were quarantined because no workflow decided them. */
  readonly #late = new Set<string>();

  constructor(ports: ReconcilerPorts, context: StatementContext) {
    this.#ports = ports;
    this.#context = context;
  }

  /**
   * Reads on, page by page, to the end. The cursor moves past a page when all of it is booked or
   * quarantined. `onFound` receives how many events were found that never arrived.
   * @throws GatewayFailure when the gateway fails or its statement does not advance.
   */
  async readOn(onFound: (count: number) => void): Promise<void> {
    const { statements } = this.#ports;
    const { gateway, queue, lines, run } = this.#context;
    const { account, name } = gateway.capabilities;
    const place = await statements.findPlace(account);
    let { cursor, isNew } = place;
    let isHeld = false;
    for (;;) {
      const before = cursor;
      const page = await queue.ask(() => gateway.statement(before));
      for (const row of page.unreadable) await this.#quarantine(row, before);
      const { past, found, undecided } = await lines.report(page.lines);
      onFound(found);
      run.signal.throwIfAborted();
      isHeld ||= await this.#holdCursor(undecided);
      // Skipped lines are counted in the first reading only, because they may come again later.
      const skipped = place.isReadOnce ? 0 : past;
      const isOnward = page.cursor !== before || isNew;
      if (isOnward && !isHeld) await statements.moveTo(account, page.cursor, skipped);
      cursor = page.cursor;
      isNew = false;
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
   * Whether the cursor has to stay before a page because some of its lines are not booked yet: a
   * terminated workflow would lose its events. A line that takes too long is quarantined alone.
   */
  async #holdCursor(undecided: readonly UndecidedLine[]): Promise<boolean> {
    const longAgoMs = monotonicMs() - this.#ports.polling.holdMs;
    const isLate = ({ sinceMs }: UndecidedLine) => sinceMs <= longAgoMs;
    for (const { line, key } of undecided.filter(isLate)) {
      if (this.#late.has(key)) continue;
      await this.#context.lines.quarantine(line, new Error(undecidedReason));
      this.#late.add(key);
    }
    return !undecided.every(isLate);
  }

  /** Retries what is in quarantine and due, one by one. */
  async retry(): Promise<void> {
    const { name: gateway } = this.#context.gateway.capabilities;
    const { quarantine } = this.#ports;
    for (const { key, evidence } of await quarantine.listDue(
      gateway,
      "line",
      instant(Date.now()),
    )) {
      this.#context.run.signal.throwIfAborted();
      const reason = await this.#retry(evidence);
      const now = instant(Date.now());
      if (reason === undefined) await quarantine.resolve([key], now);
      else await quarantine.failAgain({ key, gateway, kind: "line", evidence, reason }, now);
    }
  }

  /** @returns why it still cannot be handled; undefined: it is handled. */
  async #retry(evidence: string): Promise<string | undefined> {
    const { lines } = this.#context;
    const stored = parseEvidence(evidence);
    if (stored === undefined)
      return "its evidence is not a line: look at it in the table quarantine";
    if ("line" in stored) {
      const { quarantined, undecided } = await lines.report([stored.line]);
      return quarantined[0]?.reason ?? (undecided.length > 0 ? undecidedReason : undefined);
    }
    try {
      return await this.#retryRow(stored);
    } catch (error) {
      if (error instanceof GatewayFailure) return error.message;
      throw error;
    }
  }

  /** Reads the row's page; if newer rows may have moved it to a later page, reads on to the end. */
  async #retryRow({ from, row }: StoredRow): Promise<string | undefined> {
    const { gateway, queue, lines, run } = this.#context;
    let isUndecided = false;
    for (let cursor = from; ;) {
      run.signal.throwIfAborted();
      const page = await queue.ask(() => gateway.statement(cursor));
      const still = page.unreadable.find(({ evidence }) => evidence === row);
      if (still !== undefined) return still.reason;
      // The row can be parsed now, or is gone. Known lines of the page are skipped.
      const { undecided } = await lines.report(page.lines);
      isUndecided ||= undecided.length > 0;
      const isOver =
        gateway.capabilities.pagesMove !== true || !page.more || page.cursor === cursor;
      if (isOver) return isUndecided ? undecidedReason : undefined;
      ({ cursor } = page);
    }
  }

  async #quarantine({ evidence, reason }: UnreadableRow, from: string): Promise<void> {
    const { name: gateway } = this.#context.gateway.capabilities;
    const stored = JSON.stringify({ from, row: evidence });
    const trouble = { gateway, kind: "line", evidence: stored, reason } as const;
    const key = lineKey(gateway, evidence);
    await this.#ports.quarantine.putAside({ key, ...trouble }, instant(Date.now()));
  }
}

const undecidedReason = "its payment's workflow has it and has not decided it";

/** Undefined: it was not stored by this reader. */
function parseEvidence(evidence: string): StoredEvidence | undefined {
  try {
    const stored = JSON.parse(evidence) as StoredEvidence;
    return "line" in stored || "from" in stored ? stored : undefined;
  } catch {
    return undefined;
  }
}
