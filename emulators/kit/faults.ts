import * as z from "zod";

/** How often a rule applies: part of every fault. */
export const chance = {
  /** How often the rule applies before it is removed; unset, until it is deleted. */
  times: z.int().positive().optional(),
  /** Applies with this probability, drawn from `seed`: one seed hits the same calls each time. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().default(1),
};

/** What happens to a webhook once, when it is queued. */
export const deliveryFault = {
  webhook: z.enum(["duplicate", "reorder", "delay", "drop"]),
  /** Milliseconds; a reordered webhook waits for the next one, but no longer than this. */
  delay_ms: z.int().positive().default(1_000),
};

/** Milliseconds of silence after an unreported success, before the connection drops. */
export const silenceMs = z.int().nonnegative().default(30_000);

/** The fields that faults of calls share. */
export const callFields = {
  /** Unset, every method. */
  method: z.string().optional(),
  /** Seconds a 429 asks for. */
  retry_after: z.int().positive().default(1),
  hold_ms: silenceMs,
};

type Call<Fault> = Extract<Fault, { kind: unknown }>;
type Delivery<Fault> = Extract<Fault, { delay_ms: unknown }>;
type Forged<Fault> = Extract<Fault, { webhook: "wrong-signature" | "changed-amount" }>;

/** A fault of a call. */
export const isCall = <Fault extends object>(fault: Fault): fault is Call<Fault> => "kind" in fault;

/** A fault of a webhook or an update when it is queued. */
export const isDelivery = <Fault extends object>(fault: Fault): fault is Delivery<Fault> =>
  "delay_ms" in fault;

/** A fault of each try of a webhook. */
export const isForgery = <Fault extends object>(fault: Fault): fault is Forged<Fault> =>
  "webhook" in fault && !isDelivery(fault);

/** How often a fault applies: with this probability from 0 to 1, and at most so many times. */
export interface Chance {
  readonly times?: number | undefined;
  readonly probability: number;
  readonly seed: number;
}

interface Rule<Fault> {
  readonly id: number;
  readonly fault: Fault;
  readonly draw: () => number;
  left: number;
}

/** The faults that were asked for, in order. A restart forgets them. */
export class Rules<Fault extends Chance> {
  #rules: Rule<Fault>[] = [];
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

  /** Uses up one turn of the first rule of this kind that fits, and returns its fault. */
  protected applyRule<Kind extends Fault>(
    isKind: (fault: Fault) => fault is Kind,
    fits: (fault: Kind) => boolean,
  ): Kind | undefined {
    for (const rule of this.#rules) {
      const { fault } = rule;
      if (!isKind(fault) || !fits(fault) || rule.draw() >= fault.probability) continue;
      rule.left -= 1;
      this.#rules = this.#rules.filter(({ left }) => left > 0);
      return fault;
    }
    return undefined;
  }
}

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
