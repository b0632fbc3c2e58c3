import type { DueLookup } from "../../../db/operations/lookups.ts";
import { lookupKey } from "../../../db/operations/quarantine.ts";
import { nextLookupMs } from "../../../domain/operations/reconciliation.ts";
import { addMs, type Instant, instant, msBetween } from "../../../domain/time.ts";
import type { PaymentGateway } from "../../../gateways/payments/port.ts";
import { monotonicMs } from "./clock.ts";
import type { GatewayQueue } from "./gateway-queue.ts";
import { GatewayFailure, reasonOf } from "./outage.ts";
import type { ReconcilerPorts } from "./ports.ts";
import type { StatementLines } from "./statement-lines.ts";

interface LookupContext {
  readonly gateway: PaymentGateway;
  readonly queue: GatewayQueue;
  readonly lines: StatementLines;
}

interface FailedLookup {
  readonly due: DueLookup;
  readonly error: GatewayFailure;
}

const usualLookups = 500;
const lookupsAtOnce = 4;
/**
 * After this many failures without an answer in between,
 * the gateway is the cause and not these invoices.
 */
const mostFailures = 3;

/** Looks up invoices of a gateway without a statement, the longest waiting first. */
export class InvoiceLookups {
  readonly #ports: ReconcilerPorts;
  readonly #context: LookupContext;

  constructor(ports: ReconcilerPorts, context: LookupContext) {
    this.#ports = ports;
    this.#context = context;
  }

  /**
   * Looks up due invoices for `forMs` at most; the rest comes first in the next pass. An invoice
   * whose lookup fails is quarantined alone. `onFound` receives how many events were found
   * that never arrived.
   * @throws GatewayFailure when every lookup failed.
   */
  async lookUpDue(forMs: number, onFound: (count: number) => void): Promise<void> {
    const { capabilities } = this.#context.gateway;
    const beganMs = monotonicMs();
    const limit = capabilities.lookupsPerPass ?? usualLookups;
    const due = await this.#ports.lookups.listDue(capabilities.name, instant(Date.now()), limit);
    const failed: FailedLookup[] = [];
    let answered = 0;
    for (let at = 0; at < due.length && monotonicMs() - beganMs < forMs; at += lookupsAtOnce) {
      const lookups = due.slice(at, at + lookupsAtOnce).map(async (one) => {
        const error = await this.#lookUp(one, onFound);
        if (error !== undefined) failed.push({ due: one, error });
        if (error === undefined || error.isRefusal) answered += 1;
      });
      await Promise.all(lookups);
      if (answered === 0 && failed.length >= mostFailures) break;
    }
    await this.#close(failed, answered > 0);
  }

  /** @returns why the lookup failed; undefined: it did not. */
  async #lookUp(
    due: DueLookup,
    onFound: (count: number) => void,
  ): Promise<GatewayFailure | undefined> {
    const { gateway, queue, lines } = this.#context;
    const { order, state, invoiceReference } = due;
    const now = instant(Date.now());
    try {
      const found = await queue.ask(() => gateway.lookup(order, invoiceReference));
      onFound((await lines.report(found)).found);
    } catch (error) {
      if (error instanceof GatewayFailure) return error;
      throw error;
    }
    const next = addMs(now, nextLookupMs(msBetween(order.openedAt, now), state));
    await this.#ports.lookups.recordLookup(order.id, now, next);
    await this.#ports.quarantine.resolve([lookupKey(order.gateway, order.id)], now);
    return undefined;
  }

  async #close(failed: readonly FailedLookup[], answers: boolean): Promise<void> {
    const now = instant(Date.now());
    for (const { due, error } of failed) {
      // While the gateway does not answer, none of them is to blame; the others still come first in
      // the next pass.
      const next = answers ? await this.#quarantine(due, error, now) : now;
      await this.#ports.lookups.recordLookup(due.order.id, now, next);
    }
    const [first] = failed;
    if (first !== undefined && !answers) throw first.error;
  }

  #quarantine(
    { order, invoiceReference }: DueLookup,
    error: Error,
    now: Instant,
  ): Promise<Instant> {
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
