import * as z from "zod";

const chance = {
  /** Without it, every invoice. */
  invoice_id: z.int().optional(),
  /** How often the rule strikes before it is spent; without it, until it is deleted. */
  times: z.int().positive().optional(),
  /** Strikes with this probability, drawn from `seed`: the same seed strikes the same calls. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().default(1),
};

const callFault = z.strictObject({
  kind: z.enum(["429", "500", "502", "refuse", "timeout-after-success", "drop-connection"]),
  method: z.string().optional(),
  /** Seconds a 429 asks for. */
  retry_after: z.int().positive().default(1),
  /** What a `refuse` answers. */
  code: z.int().min(400).max(499).default(400),
  name: z.string().default("REFUSED"),
  /** Milliseconds of silence after a success nobody is told of, before the connection drops. */
  hold_ms: z.int().nonnegative().default(30_000),
  ...chance,
});

const sendingFault = z.strictObject({
  webhook: z.enum(["duplicate", "reorder", "delay", "drop"]),
  /** Milliseconds; a reordered webhook waits for the next one, but no longer than this. */
  delay_ms: z.int().positive().default(1_000),
  ...chance,
});

const forgery = z.strictObject({
  webhook: z.enum(["wrong-signature", "changed-amount"]),
  /** What a webhook with a changed amount says, rightly signed; without it, twice the amount. */
  amount: z.string().optional(),
  ...chance,
});

/** `duplicate` to `drop` strike a webhook once, when it is born; forgeries strike each try of it. */
export const faultSchema = z.union([callFault, sendingFault, forgery]);
export type CallFault = z.infer<typeof callFault>;
export type SendingFault = z.infer<typeof sendingFault>;
export type Forgery = z.infer<typeof forgery>;
type Fault = z.infer<typeof faultSchema>;

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

  forCall(method: string, invoiceId: number | undefined): CallFault | undefined {
    return this.#strike(
      (fault): fault is CallFault =>
        "kind" in fault && (fault.method ?? method) === method && concerns(fault, invoiceId),
    );
  }

  forSending(invoiceId: number): SendingFault | undefined {
    return this.#strike(
      (fault): fault is SendingFault => "delay_ms" in fault && concerns(fault, invoiceId),
    );
  }

  forTry(invoiceId: number): Forgery | undefined {
    return this.#strike(
      (fault): fault is Forgery =>
        "webhook" in fault && !("delay_ms" in fault) && concerns(fault, invoiceId),
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

const concerns = (fault: Fault, invoiceId: number | undefined): boolean =>
  fault.invoice_id === undefined || fault.invoice_id === invoiceId;

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
