import type { GatewayTrouble } from "../../../domain/operations/reconciliation.ts";
import { minuteMs } from "../../../domain/time.ts";
import type { PaymentGateway } from "../../../gateways/payments/port.ts";
import { monotonicMs } from "./clock.ts";
import { GatewayQueue } from "./gateway-queue.ts";
import { InvoiceLookups } from "./lookups.ts";
import { GatewayFailure } from "./outage.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";
import { Resumer } from "./resumer.ts";
import { StatementLines } from "./statement-lines.ts";
import { StatementReader } from "./statement.ts";

/** After this many refusals, or this long without an answer, a person is notified. */
const refusalsBeforeHelp = 3;
const awayBeforeHelpMs = 10 * minuteMs;

/** The parts of one pass over a gateway: its failures in one part do not stop the others. */
export class Passes {
  readonly #ports: ReconcilerPorts;
  readonly #gateway: PaymentGateway;
  readonly #reader: StatementReader;
  readonly #lookups: InvoiceLookups;
  readonly #resumer: Resumer;
  readonly #run: Run;
  #refusals = 0;
  #awaySinceMs: number | undefined;
  /** The gateway's last failure, verbatim. */
  lastFailure = "";

  constructor(ports: ReconcilerPorts, gateway: PaymentGateway, run: Run) {
    const queue = new GatewayQueue(run.signal);
    const lines = new StatementLines(ports, gateway.capabilities, run);
    this.#ports = ports;
    this.#gateway = gateway;
    this.#run = run;
    this.#reader = new StatementReader(ports, { gateway, queue, lines, run });
    this.#lookups = new InvoiceLookups(ports, { gateway, queue, lines });
    this.#resumer = new Resumer(ports, gateway.capabilities.name, run);
  }

  /**
   * Makes one pass.
   * @throws Error when Temporal or the database cannot be reached.
   */
  async makePass(): Promise<void> {
    const { everyMs } = this.#ports.polling;
    await this.#runCounted(async (onFound) => {
      if (this.#gateway.capabilities.hasStatement) await this.#reader.readOn(onFound);
      else await this.#lookups.lookUpDue(0.8 * everyMs, onFound);
    });
    await this.#reader.retry();
    await this.#resumer.resume();
  }

  /** Reads the statement alone, for money that a customer is waiting for right now. */
  async readOn(): Promise<void> {
    await this.#runCounted((onFound) => this.#reader.readOn(onFound));
  }

  /**
   * The troubles that need a person. One that is `shown` stays until a pass proves that it is over.
   */
  async findTroubles(shown: readonly GatewayTrouble[]): Promise<readonly GatewayTrouble[]> {
    const awayMs = this.#awaySinceMs === undefined ? -1 : monotonicMs() - this.#awaySinceMs;
    const still = (trouble: GatewayTrouble) => shown.includes(trouble);
    const isRefused =
      this.#refusals >= refusalsBeforeHelp || (this.#refusals > 0 && still("refused"));
    const isAway = awayMs >= awayBeforeHelpMs || (awayMs >= 0 && still("away"));
    const isAside = await this.#ports.quarantine.needsHelp(this.#gateway.capabilities.name);
    return [
      ...(isRefused ? (["refused"] as const) : []),
      ...(isAway ? (["away"] as const) : []),
      ...(isAside ? (["quarantine"] as const) : []),
    ];
  }

  /** Notifies admins of what was found, also if the part failed after that. */
  async #runCounted(part: (onFound: (count: number) => void) => Promise<void>): Promise<void> {
    const { account, name: gateway } = this.#gateway.capabilities;
    let count = 0;
    try {
      const isWell = await this.#tryPart(() => part((found) => (count += found)));
      if (isWell) {
        this.#refusals = 0;
        this.#awaySinceMs = undefined;
        this.lastFailure = "";
      }
    } finally {
      if (count > 0) {
        const key = `found/${account}/${new Date().toISOString().slice(0, 16)}`;
        await this.#ports.statements.notifyAdmins(key, { kind: "foundAndFixed", gateway, count });
      }
    }
  }

  /** @returns whether the gateway answered. */
  async #tryPart(part: () => Promise<void>): Promise<boolean> {
    try {
      await part();
      return true;
    } catch (error) {
      if (!(error instanceof GatewayFailure)) throw error;
      const { isRefusal, message } = error;
      if (isRefusal) this.#refusals += 1;
      else this.#awaySinceMs ??= monotonicMs();
      this.lastFailure = message;
      this.#run.warn("the gateway could not be read", { isRefusal, reason: message });
      return false;
    }
  }
}
