import { activityInfo, heartbeat, sleep } from "@temporalio/activity";
import { type Payments } from "../db/payments.ts";
import { paymentOfNobody, type Statements } from "../db/statements.ts";
import type { GatewayName, PaymentId, Told } from "../domain/payment.ts";
import { type Reconciled, unheard } from "../domain/reconciliation.ts";
import { instant } from "../domain/time.ts";
import type { Line, PaymentGateway } from "../gateways/payment-gateway.ts";
import { SlowDown } from "../gateways/refused.ts";
import type { GatewayDirectory } from "./gateway-directory.ts";

/** How activities speak to the workflows of money. */
export interface PaymentDoor {
  /** The way in that gateways' messages take as well. Resolves when Temporal holds the report. */
  reported(id: PaymentId, told: Told): Promise<void>;
  /**
   * Has a gateway that nobody tells us of money read from now on: its next tick may be most of a minute away.
   * Nothing happens where a tick is under way, or where operators have paused the gateway's Schedule.
   */
  watch(gateway: GatewayName): Promise<void>;
}

export interface Pace {
  /** How long a message that is on its way is waited for. */
  readonly inFlightMs: number;
  /** Ticks begin at multiples of this: a watch that began between two of them ends before the next. */
  readonly everyMs: number;
}

export interface ReconciliationPorts {
  readonly gateways: GatewayDirectory;
  readonly payments: Payments;
  readonly statements: Statements;
  readonly door: PaymentDoor;
  readonly pace: Pace;
}

/** Of a gateway that does not say how long to rest from one look at open invoices to the next. */
const usualWatchMs = 3_000;

export type ReconciliationActivities = ReturnType<typeof createReconciliationActivities>;

interface Aimed extends Line {
  readonly id: PaymentId;
}

export function createReconciliationActivities(ports: ReconciliationPorts) {
  return {
    /**
     * Reads on in the gateway's statement, and looks at invoices that have none; what the books do not know is
     * reported through the payment's own door. Where nobody tells us of money, open invoices are watched for
     * the rest of the tick. A retry goes on where the cursor stands.
     */
    async reconcileGateway(name: GatewayName): Promise<Reconciled> {
      const reading = new Reading(ports, ports.gateways.get(name));
      const { facts } = reading.gateway;
      if (facts.hasStatement) await reading.readOn();
      else await reading.lookAround();
      if (facts.delivery === "pulls") await reading.watch();
      return { read: reading.read, fixed: reading.fixed };
    },
  };
}

class Reading {
  readonly gateway: PaymentGateway;
  read = 0;
  fixed = 0;
  readonly #ports: ReconciliationPorts;
  readonly #name: GatewayName;

  constructor(ports: ReconciliationPorts, gateway: PaymentGateway) {
    this.#ports = ports;
    this.gateway = gateway;
    this.#name = gateway.facts.name;
  }

  /** Page by page to the end; the cursor moves when all of a page is in good hands. */
  async readOn(): Promise<void> {
    const { statements } = this.#ports;
    let cursor = await statements.cursor(this.#name);
    for (;;) {
      const page = await this.#patiently(() => this.gateway.statement(cursor));
      await this.#report(page.lines);
      if (page.cursor !== cursor) await statements.setCursor(this.#name, page.cursor);
      heartbeat(page.cursor);
      cursor = page.cursor;
      if (!page.more) return;
    }
  }

  async lookAround(): Promise<void> {
    const { statements } = this.#ports;
    for (;;) {
      const now = instant(new Date());
      const due = await statements.due(this.#name, now);
      for (const { order, invoiceReference } of due) {
        const lines = await this.#patiently(() => this.gateway.lookup(order, invoiceReference));
        await this.#report(lines);
        await statements.lookedAt(order, now);
        heartbeat(order.id);
      }
      if (due.length === 0) return;
    }
  }

  /** Until the next tick is about to begin, or no invoice is open. */
  async watch(): Promise<void> {
    const { pace, statements } = this.#ports;
    const { watchMs = usualWatchMs } = this.gateway.facts;
    const next = (Math.floor(Date.now() / pace.everyMs) + 1) * pace.everyMs;
    while (Date.now() + 2 * watchMs < next && (await statements.hasOpen(this.#name))) {
      await sleep(watchMs);
      await this.readOn();
    }
  }

  async #report(lines: readonly Line[]): Promise<void> {
    this.read += lines.length;
    const aimed = await Promise.all(
      lines.map(async (line) => ({ ...line, id: await this.#aim(line) })),
    );
    if (aimed.length === 0) return;
    const pushes = this.gateway.facts.delivery === "pushes";
    let news = await this.#news(aimed);
    if (news.length > 0 && pushes) {
      // A message may be on its way this very moment: then it was not lost.
      await sleep(this.#ports.pace.inFlightMs);
      news = await this.#news(news);
    }
    for (const line of news) await this.#pass(line, pushes);
  }

  async #news(lines: readonly Aimed[]): Promise<readonly Aimed[]> {
    const { statements } = this.#ports;
    const references = lines.flatMap(({ report }) =>
      "reference" in report ? [report.reference] : [],
    );
    const known = await statements.known(this.#name, references);
    const states = await statements.states(lines.map(({ id }) => id));
    return unheard(
      lines.map((line) => ({ ...line, state: states.get(line.id) })),
      known,
    );
  }

  async #pass({ id, report, evidence }: Aimed, wasLost: boolean): Promise<void> {
    const { statements, door } = this.#ports;
    const by = wasLost ? "reconciliation" : "gateway";
    await door.reported(id, { gateway: this.#name, report, evidence, by });
    if (!wasLost) return;
    this.fixed += 1;
    const reference = "reference" in report ? report.reference : "";
    await statements.findOnce({ gateway: this.#name, paymentId: id, kind: report.kind, reference });
  }

  async #aim({ about, report }: Line): Promise<PaymentId> {
    if (about.kind === "payment") return about.id;
    const known = about.kind === "memo" ? await this.#ports.payments.ofMemo(about.memo) : undefined;
    const reference = "reference" in report ? report.reference : "";
    return known ?? paymentOfNobody(this.#name, reference);
  }

  /** A gateway that asks us to wait is waited for within the tick; the heartbeat shows that we live. */
  async #patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof SlowDown)) throw error;
        const { heartbeatTimeoutMs = 30_000 } = activityInfo();
        const pauseMs = Math.min(error.retryAfterMs, heartbeatTimeoutMs / 2);
        heartbeat();
        await sleep(Math.max(pauseMs, 100));
      }
    }
  }
}
