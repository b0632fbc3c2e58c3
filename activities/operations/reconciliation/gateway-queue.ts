import { secondMs } from "../../../domain/time.ts";
import { SlowDown } from "../../../gateways/refused.ts";
import { pause } from "../../pause.ts";
import { monotonicMs } from "./clock.ts";
import { GatewayFailure } from "./outage.ts";

/** The longest wait within a pass that a gateway may ask for; a longer one fails the question. */
const longestWaitMs = 10 * secondMs;

/** Sends questions to a gateway and marks its failures, so that they differ from ours. */
export class GatewayQueue {
  readonly #signal: AbortSignal;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Asks a question and waits as long as the gateway asks us to.
   * @throws GatewayFailure when the gateway does not answer, refuses, or asks for a long wait.
   */
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
