import { secondMs } from "../../../domain/time.ts";
import { SlowDown } from "../../../gateways/refused.ts";
import { pause } from "../../pause.ts";
import { monotonicMs } from "./clock.ts";
import { GatewayFailure } from "./outage.ts";

/** So long a gateway's wish to wait is waited for within a pass; a longer one ends what asked. */
const longestWaitMs = 10 * secondMs;

/** Asks a gateway and knows its failures from ours. */
export class GatewayQueue {
  readonly #signal: AbortSignal;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws GatewayFailure when the gateway does not answer, says no, or wants to be left alone for long. */
  async ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      this.#signal.throwIfAborted();
      const restMs = this.#notBeforeMs - monotonicMs();
      if (restMs > longestWaitMs)
        throw new GatewayFailure(new Error(`it asked us to wait for ${restMs} ms more`));
      if (restMs > 0) await pause(restMs, this.#signal);
      try {
        return await question();
      } catch (error) {
        if (!(error instanceof SlowDown)) throw new GatewayFailure(error);
        this.#notBeforeMs = monotonicMs() + Math.max(error.retryAfterMs, 100);
      }
    }
  }
}
