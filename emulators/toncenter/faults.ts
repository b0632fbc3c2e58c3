import * as z from "zod";

const chance = {
  /** As `transactions`, `jetton/transfers`, `jsonRPC/getTransactions`; without it, every call. */
  method: z.string().optional(),
  /** How often the rule strikes before it is spent; without it, until it is deleted. */
  times: z.int().positive().optional(),
  /** Strikes with this probability, drawn from `seed`: the same seed strikes the same calls. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().default(1),
};

const callFault = z.strictObject({
  kind: z.enum([
    "401",
    "403",
    "429",
    "500",
    "502",
    "503",
    "drop-connection",
    /** What was asked is done, but the asker hears nothing. */
    "timeout-after-success",
  ]),
  /** Milliseconds of silence before the connection drops. */
  hold_ms: z.int().nonnegative().default(30_000),
  ...chance,
});

const lists = ["transactions", "jetton/transfers", "jetton/wallets"] as const;

const pageFault = z.discriminatedUnion("page", [
  /** The last page of this list is served once more, whatever was asked. */
  z.strictObject({ page: z.literal("repeat"), ...chance }),
  /**
   * The page begins so many rows earlier or, above zero, later than was asked: as when rows come or
   * go between two calls. Above zero, rows are left out.
   */
  z.strictObject({ page: z.literal("shift"), by: z.int(), ...chance }),
  /** The indexer is so many masterchain blocks behind, in what it lists and in what it says. */
  z.strictObject({ page: z.literal("lag"), blocks: z.int().positive().default(25), ...chance }),
  /**
   * The newest rows are not yet final: marked as such, or left out. What v3 would show of them is
   * not in its description (its /transactions holds final ones alone [TI:crud_transactions.go]), so
   * both can be had.
   */
  z.strictObject({
    page: z.literal("not-final"),
    rows: z.int().positive().default(1),
    shown: z.enum(["marked", "hidden"]).default("marked"),
    finality: z.enum(["pending", "confirmed"]).default("pending"),
    ...chance,
  }),
]);

export const faultSchema = z.union([callFault, pageFault]);
export type CallFault = z.infer<typeof callFault>;
export type PageFault = z.infer<typeof pageFault>;
type Fault = CallFault | PageFault;

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

  forCall(method: string): CallFault | undefined {
    return this.#strike(
      (fault): fault is CallFault => "kind" in fault && (fault.method ?? method) === method,
    );
  }

  /** Lists alone have pages; what lags is also told of by `masterchainInfo`. */
  forPage(method: string): PageFault | undefined {
    const isList = lists.some((name) => name === method);
    return this.#strike(
      (fault): fault is PageFault =>
        "page" in fault &&
        (fault.method ?? method) === method &&
        (isList || (fault.page === "lag" && method === "masterchainInfo")),
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
