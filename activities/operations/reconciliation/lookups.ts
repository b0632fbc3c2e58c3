import type { DueLookup } from "../../../db/operations/lookups.ts";
import { lookupKey } from "../../../db/operations/quarantine.ts";
import { nextLookMs } from "../../../domain/operations/reconciliation.ts";
import { addMs, type Instant, instant, msBetween } from "../../../domain/time.ts";
import type { PaymentGateway } from "../../../gateways/payments/port.ts";
import { monotonicMs } from "./clock.ts";
import type { GatewayQueue } from "./gateway-queue.ts";
import { GatewayFailure, reasonOf } from "./outage.ts";
import type { ReconcilerPorts } from "./ports.ts";
import type { StatementLines } from "./statement-lines.ts";

interface LookupContext {
  readonly gateway: PaymentGateway;
  readonly asking: GatewayQueue;
  readonly lines: StatementLines;
}

interface Failed {
  readonly due: DueLookup;
  readonly error: GatewayFailure;
}

const usualLookups = 500;
const looksAtOnce = 4;
/** After so many failures with no answer between them it is the gateway that is away, not these invoices. */
const mostFailures = 3;

/** Looks at invoices of a gateway without a statement, those first that waited longest. */
export class InvoiceLooker {
  readonly #ports: ReconcilerPorts;
  readonly #given: LookupContext;

  constructor(ports: ReconcilerPorts, given: LookupContext) {
    this.#ports = ports;
    this.#given = given;
  }

  /**
   * Looks at what is due, for `forMs` at most; the rest comes first in the next pass. An invoice that cannot be
   * looked at is put aside alone.
   * @throws GatewayFailure when no invoice at all could be looked at.
   */
  async lookAround(forMs: number, noteFound: (count: number) => void): Promise<void> {
    const { capabilities: facts } = this.#given.gateway;
    const beganMs = monotonicMs();
    const limit = facts.lookupsPerPass ?? usualLookups;
    const due = await this.#ports.lookups.due(facts.name, instant(Date.now()), limit);
    const failed: Failed[] = [];
    let answered = 0;
    for (let at = 0; at < due.length && monotonicMs() - beganMs < forMs; at += looksAtOnce) {
      const looks = due.slice(at, at + looksAtOnce).map(async (one) => {
        const error = await this.#look(one, noteFound);
        if (error !== undefined) failed.push({ due: one, error });
        if (error === undefined || error.isRefusal) answered += 1;
      });
      await Promise.all(looks);
      if (answered === 0 && failed.length >= mostFailures) break;
    }
    await this.#close(failed, answered > 0);
  }

  /** @returns why it could not be looked at. */
  async #look(
    due: DueLookup,
    noteFound: (count: number) => void,
  ): Promise<GatewayFailure | undefined> {
    const { gateway, asking, lines } = this.#given;
    const { order, state, invoiceReference } = due;
    const now = instant(Date.now());
    try {
      const found = await asking.ask(() => gateway.lookup(order, invoiceReference));
      noteFound((await lines.report(found)).found);
    } catch (error) {
      if (error instanceof GatewayFailure) return error;
      throw error;
    }
    const next = addMs(now, nextLookMs(msBetween(order.openedAt, now), state));
    await this.#ports.lookups.recordLookup(order.id, now, next);
    await this.#ports.quarantine.resolve([lookupKey(order.gateway, order.id)], now);
    return undefined;
  }

  async #close(failed: readonly Failed[], answers: boolean): Promise<void> {
    const now = instant(Date.now());
    for (const { due, error } of failed) {
      // While the gateway is away none of them is to blame; the others come first in the next pass all the same.
      const next = answers ? await this.#putAside(due, error, now) : now;
      await this.#ports.lookups.recordLookup(due.order.id, now, next);
    }
    const [first] = failed;
    if (first !== undefined && !answers) throw first.error;
  }

  #putAside({ order, invoiceReference }: DueLookup, error: Error, now: Instant): Promise<Instant> {
    const { id, gateway } = order;
    const trouble = {
      key: lookupKey(gateway, id),
      gateway,
      kind: "lookup",
      evidence: invoiceReference,
      reason: `the invoice of payment ${id} cannot be looked at: ${reasonOf(error)}`,
    } as const;
    return this.#ports.quarantine.failAgain(trouble, now);
  }
}
