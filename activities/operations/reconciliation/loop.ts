import { type Listener, waitHolding } from "../../../db/notifications.ts";
import type { GatewayTrouble } from "../../../domain/operations/reconciliation.ts";
import type { GatewayName } from "../../../domain/payments/payment.ts";
import type { PaymentGateway } from "../../../gateways/payments/port.ts";
import { Backoff } from "../../../runtime/backoff.ts";
import type { GatewayTurn } from "../../../workflows/steps/reconcilers.ts";
import { pause } from "../../pause.ts";
import { monotonicMs, untilNextMs } from "./clock.ts";
import { reasonOf } from "./outage.ts";
import { Passes } from "./pass.ts";
import type { ReconcilerPorts, Run } from "./ports.ts";

/** Notified by transactions that show an invoice. */
const invoicesChannel = "gateways";

/** The channel on which a notification makes this gateway's loop start a pass at once. */
export const gatewayChannel = (name: GatewayName): string => `gateway/${name}`;

/** The default pause between two reads of the statement while an invoice is open. */
const usualPollMs = 3_000;
const lockRetryMs = 1_000;
/** The least time from one pass to the next one that was asked for. */
const leastGapMs = 1_000;
/** The same for a loop that is woken by any invoice of any gateway. */
const leastWokenGapMs = 10_000;
const outagePauses = { firstPauseMs: 1_000, longestPauseMs: 15_000 } as const;

/**
 * Keeps one gateway equal to the books: one pass at each full minute. If the gateway does not
 * report payments, it also polls the statement while an invoice is open. When two loops of one
 * gateway run, one works and the other waits.
 * @returns when what needs a person differs from `shown`.
 * @throws Error when `run.signal` aborts, or the connection that holds the lock is lost.
 */
export async function reconcile(
  ports: ReconcilerPorts,
  gateway: PaymentGateway,
  { shown, ...run }: Run & { readonly shown: readonly GatewayTrouble[] },
): Promise<GatewayTurn> {
  const loop = new GatewayLoop(ports, gateway, run);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(run.signal.reason);
  run.signal.throwIfAborted();
  run.signal.addEventListener("abort", abort, { once: true });
  try {
    // A running question is abandoned: it writes nothing once the signal is aborted.
    return await Promise.race([loop.run(shown), aborted.promise]);
  } finally {
    run.signal.removeEventListener("abort", abort);
    await loop.close();
  }
}

class GatewayLoop {
  readonly #ports: ReconcilerPorts;
  readonly #gateway: PaymentGateway;
  readonly #run: Run;
  readonly #passes: Passes;
  readonly #outage = new Backoff(outagePauses);
  #listener: Listener | undefined;
  #lastPassMs = Number.NEGATIVE_INFINITY;
  #lastReadMs = Number.NEGATIVE_INFINITY;

  constructor(ports: ReconcilerPorts, gateway: PaymentGateway, run: Run) {
    this.#ports = ports;
    this.#gateway = gateway;
    this.#run = run;
    this.#passes = new Passes(ports, gateway, run);
  }

  async run(shown: readonly GatewayTrouble[]): Promise<GatewayTurn> {
    const { name } = this.#gateway.capabilities;
    const channels = [gatewayChannel(name), ...(this.#isPolled ? [invoicesChannel] : [])];
    const listener = await this.#ports.listen(channels);
    this.#listener = listener;
    const { signal } = this.#run;
    if (signal.aborted) await listener.close();
    while (!(await listener.tryLock(this.#lock))) await pause(lockRetryMs, signal);
    for (;;) {
      const { dueMs, troubles } = await this.#makePass(shown);
      if (troubles.join() !== shown.join()) return { troubles, reason: this.#passes.lastFailure };
      await this.#restUntil(dueMs, listener);
    }
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  get #lock(): string {
    return gatewayChannel(this.#gateway.capabilities.name);
  }

  get #isPolled(): boolean {
    return !this.#gateway.capabilities.notifies;
  }

  /** @returns when the next one is due, and what needs a person. */
  async #makePass(shown: readonly GatewayTrouble[]) {
    const { everyMs } = this.#ports.polling;
    const beganMs = monotonicMs();
    const nextMs = beganMs + untilNextMs(Date.now(), everyMs);
    this.#lastPassMs = beganMs;
    try {
      await this.#passes.makePass();
      const troubles = await this.#passes.findTroubles(shown);
      this.#outage.reset();
      this.#lastReadMs = monotonicMs();
      return { dueMs: nextMs, troubles };
    } catch (error) {
      this.#run.signal.throwIfAborted();
      const pauseMs = this.#outage.next();
      this.#run.warn("a pass failed and is made again", { pauseMs, reason: reasonOf(error) });
      return { dueMs: monotonicMs() + pauseMs, troubles: shown };
    }
  }

  /** Rests until the next pass is due or asked for. */
  async #restUntil(dueMs: number, listener: Listener): Promise<void> {
    const { signal } = this.#run;
    const gapMs = this.#isPolled ? leastWokenGapMs : leastGapMs;
    let untilMs = dueMs;
    for (let now = monotonicMs(); now < untilMs; now = monotonicMs()) {
      signal.throwIfAborted();
      if (
        this.#isPolled &&
        (await this.#ports.statements.hasOpen(this.#gateway.capabilities.name))
      ) {
        await this.#pollOnce(untilMs, listener);
        continue;
      }
      await waitHolding(listener, this.#lock, { timeoutMs: untilMs - now, signal });
      if (monotonicMs() < untilMs) untilMs = Math.min(untilMs, this.#lastPassMs + gapMs);
    }
  }

  /** Reads the statement once, respecting the gateway's polling interval. */
  async #pollOnce(untilMs: number, listener: Listener): Promise<void> {
    const { signal } = this.#run;
    const readAtMs = this.#lastReadMs + (this.#gateway.capabilities.pollIntervalMs ?? usualPollMs);
    for (let now = monotonicMs(); now < Math.min(readAtMs, untilMs); now = monotonicMs()) {
      signal.throwIfAborted();
      await waitHolding(listener, this.#lock, {
        timeoutMs: Math.min(readAtMs, untilMs) - now,
        signal,
      });
    }
    if (readAtMs > untilMs) return;
    await this.#passes.readOn();
    this.#lastReadMs = monotonicMs();
  }
}
