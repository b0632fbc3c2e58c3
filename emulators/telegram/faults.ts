import * as z from "zod";

const chance = {
  /** Without it, every chat. */
  chat_id: z.int().optional(),
  /** How often the rule strikes before it is spent; without it, until it is deleted. */
  times: z.int().positive().optional(),
  /** Strikes with this probability, drawn from `seed`: the same seed strikes the same calls. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().default(1),
};

const callFault = z.strictObject({
  kind: z.enum(["429", "500", "502", "403", "timeout-after-success", "drop-connection"]),
  method: z.string().optional(),
  /** Seconds a 429 asks for. */
  retry_after: z.int().positive().default(1),
  /** Milliseconds of silence after a success nobody is told of, before the connection drops. */
  hold_ms: z.int().nonnegative().default(30_000),
  ...chance,
});

const updateFault = z.strictObject({
  updates: z.enum(["duplicate", "reorder", "delay", "drop"]),
  /** A kind of update or what its message is about, e.g. `successful_payment`; without it, all. */
  about: z.string().optional(),
  /**
   * Milliseconds a delayed update waits; a reordered one waits for the next, but no longer than
   * this.
   */
  delay_ms: z.int().positive().default(1_000),
  ...chance,
});

export const faultSchema = z.union([callFault, updateFault]);
export type CallFault = z.infer<typeof callFault>;
export type UpdateFault = z.infer<typeof updateFault>;
type Fault = CallFault | UpdateFault;

interface Rule {
  readonly id: number;
  readonly fault: Fault;
  readonly draw: () => number;
  left: number;
}

/** The rules by which this server misbehaves. They are not kept over a restart. */
export class Faults {
  #rules: Rule[] = [];
  #lastId = 0;

  add(fault: Fault): { id: number } {
    this.#lastId += 1;
    const left = fault.times ?? Number.POSITIVE_INFINITY;
    this.#rules.push({ id: this.#lastId, fault, draw: draws(fault.seed), left });
    return { id: this.#lastId };
  }

  list(): unknown[] {
    return this.#rules.map(({ id, fault, left }) => {
      return { id, ...fault, ...(Number.isFinite(left) ? { times: left } : {}) };
    });
  }

  clear(): void {
    this.#rules = [];
  }

  forCall(method: string, chatId: number | undefined): CallFault | undefined {
    return this.#strike(
      (fault): fault is CallFault =>
        "kind" in fault &&
        (fault.method ?? method).toLowerCase() === method.toLowerCase() &&
        concerns(fault, chatId),
    );
  }

  forUpdate(body: Readonly<Record<string, unknown>>, chatId: number): UpdateFault | undefined {
    const names = [body, body["message"] ?? {}].flatMap((part) => Object.keys(part));
    return this.#strike(
      (fault): fault is UpdateFault =>
        "updates" in fault &&
        (fault.about === undefined || names.includes(fault.about)) &&
        concerns(fault, chatId),
    );
  }

  #strike<Kind extends Fault>(fits: (fault: Fault) => fault is Kind): Kind | undefined {
    for (const rule of this.#rules) {
      if (!fits(rule.fault) || rule.draw() >= rule.fault.probability) continue;
      rule.left -= 1;
      this.#rules = this.#rules.filter(({ left }) => left > 0);
      return rule.fault;
    }
    return undefined;
  }
}

const concerns = (fault: Fault, chatId: number | undefined): boolean =>
  fault.chat_id === undefined || fault.chat_id === chatId;

/**
 * A linear congruential generator (Numerical Recipes' constants): numbers in [0, 1) that a seed
 * repeats.
 */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
