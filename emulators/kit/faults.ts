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

/** A call to a payment gateway's API that fails. `refuse` takes a code and a name of its own. */
export const gatewayCallFault = {
  kind: z.enum(["429", "500", "502", "refuse", "timeout-after-success", "drop-connection"]),
  ...callFields,
};

/** What happens to each try of a webhook; a changed amount is signed rightly. */
export const forgedWebhook = { webhook: z.enum(["wrong-signature", "changed-amount"]) };

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

/** The fields of `chance`. */
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

  /** Adds a rule after the others. */
  add(fault: Fault): { id: number } {
    this.#lastId += 1;
    const left = fault.times ?? Number.POSITIVE_INFINITY;
    this.#rules.push({ id: this.#lastId, fault, draw: draws(fault.seed), left });
    return { id: this.#lastId };
  }

  /** The rules with the turns that they have left. */
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
 * Whether a rule is about this. A rule that does not set one of the subject's fields is about every
 * value of it.
 */
export const isAbout = (fault: object, subject: object): boolean =>
  Object.entries(subject).every(([field, value]) => {
    const wanted = (fault as Readonly<Record<string, unknown>>)[field];
    return wanted === undefined || wanted === value;
  });

/** The faults of a payment gateway: of calls to its API and of its webhooks. */
export class GatewayFaults<Fault extends Chance> extends Rules<Fault> {
  /** The fault of a call; `subject` has the fields that a rule may be limited to. */
  forCall(method: string, subject: object): Call<Fault> | undefined {
    return this.applyRule<Call<Fault>>(isCall, (fault) => isAbout(fault, { method, ...subject }));
  }

  /** The fault of a webhook, applied once, when it is queued. */
  forSending(subject: object): Delivery<Fault> | undefined {
    return this.applyRule<Delivery<Fault>>(isDelivery, (fault) => isAbout(fault, subject));
  }

  /** The fault of one try of a webhook. */
  forTry(subject: object): Forged<Fault> | undefined {
    return this.applyRule<Forged<Fault>>(isForgery, (fault) => isAbout(fault, subject));
  }
}

/**
 * A linear congruential generator (Numerical Recipes' constants):
 * numbers in [0, 1) that a seed repeats.
 */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
