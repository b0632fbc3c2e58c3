import type { GatewayTrouble } from "../../../domain/operations/reconciliation.ts";
import { minuteMs } from "../../../domain/time.ts";
import type { PaymentGateway } from "../../../gateways/payments/port.ts";
import { monotonicMs } from "./clock.ts";
import { GatewayQueue } from "./gateway-queue.ts";
import { InvoiceLooker } from "./lookups.ts";
import { GatewayFailure } from "./outage.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";
import { Resuming } from "./resuming.ts";
import { StatementLines } from "./statement-lines.ts";
import { StatementReader } from "./statement.ts";

/** What keeps people from waiting in vain: so often it says no, so long it is away, before they are called. */
const refusalsBeforeHelp = 3;
const awayBeforeHelpMs = 10 * minuteMs;

/** All that is done in one pass over a gateway, part by part: the gateway's troubles stop none of the others. */
export class Passes {
  readonly #ports: ReconcilerPorts;
  readonly #gateway: PaymentGateway;
  readonly #reader: StatementReader;
  readonly #looker: InvoiceLooker;
  readonly #resuming: Resuming;
  readonly #run: Run;
  #refusals = 0;
  #awaySinceMs: number | undefined;
  /** The gateway's last failure, in its own words. */
  lastFailure = "";

  constructor(ports: ReconcilerPorts, gateway: PaymentGateway, run: Run) {
    const asking = new GatewayQueue(run.signal);
    const lines = new StatementLines(ports, gateway.capabilities, run);
    this.#ports = ports;
    this.#gateway = gateway;
    this.#run = run;
    this.#reader = new StatementReader(ports, { gateway, asking, lines, run });
    this.#looker = new InvoiceLooker(ports, { gateway, asking, lines });
    this.#resuming = new Resuming(ports, gateway.capabilities.name, run);
  }

  /** @throws Error when Temporal or the database is away. */
  async pass(): Promise<void> {
    const { everyMs } = this.#ports.pace;
    await this.#runCounted(async (noteFound) => {
      if (this.#gateway.capabilities.hasStatement) await this.#reader.readOn(noteFound);
      else await this.#looker.lookAround(0.8 * everyMs, noteFound);
    });
    await this.#reader.retry();
    await this.#resuming.resume();
  }

  /** The statement alone, for money that somebody waits for right now. */
  async readOn(): Promise<void> {
    await this.#runCounted((noteFound) => this.#reader.readOn(noteFound));
  }

  /** What needs a person; `shown` is what was shown so far, until a pass shows that it is over. */
  async troubles(shown: readonly GatewayTrouble[]): Promise<readonly GatewayTrouble[]> {
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

  /** Tells admins what was found, also where the part broke off behind it. */
  async #runCounted(part: (noteFound: (count: number) => void) => Promise<void>): Promise<void> {
    const { account, name: gateway } = this.#gateway.capabilities;
    let count = 0;
    try {
      const isWell = await this.#unlessGatewayFails(() => part((found) => (count += found)));
      if (isWell) [this.#refusals, this.#awaySinceMs, this.lastFailure] = [0, undefined, ""];
    } finally {
      if (count > 0) {
        const key = `found/${account}/${new Date().toISOString().slice(0, 16)}`;
        await this.#ports.statements.notifyAdmins(key, { kind: "foundAndFixed", gateway, count });
      }
    }
  }

  /** @returns whether the gateway answered. */
  async #unlessGatewayFails(part: () => Promise<void>): Promise<boolean> {
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
