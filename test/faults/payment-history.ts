import * as fc from "fast-check";
import { type Deed, type EdgeKind, returnable, type Sold, type Trouble } from "./edges/edge.ts";
import type { Treatment } from "./post-office.ts";

/** What can be killed; each comes back by itself. */
export const parts = ["worker", "database", "api", "bot", "host"] as const;
export type Part = (typeof parts)[number];

export type Act =
  | Deed
  /** An admin wants so much of the price given back. */
  | { readonly kind: "refund"; readonly tenths: number }
  | { readonly kind: "cancel" }
  /** Time passes until nobody waits for this invoice any more. */
  | { readonly kind: "lapse" }
  | { readonly kind: "tick" }
  /** The mail that was kept for later comes, the last first. */
  | { readonly kind: "post" }
  | { readonly kind: "trouble"; readonly trouble: Trouble }
  | { readonly kind: "kill"; readonly part: Part };

/** One thing after the other; `thenMs` is how long nothing happens before the next. */
export type Step = Act & { readonly thenMs: number };

/** What befalls one payment of a customer of its own. */
export interface History {
  readonly gateway: string;
  readonly currency: Sold;
  /** With none there is no access before it is paid for. */
  readonly trialDays: number;
  readonly steps: readonly Step[];
  /** How the gateway's messages are treated, in the order in which they come. */
  readonly mail: readonly Treatment[];
}

/** Enough for three acts on one payment to meet each other, few enough to be told in a line. */
const mostSteps = 9;

const treatment: fc.Arbitrary<Treatment> = fc.record({
  copies: fc.constantFrom(1, 1, 2, 3, 0),
  when: fc.constantFrom("atOnce", "later", "last"),
});

const always = <Kind extends Act>(act: Kind) => fc.constant(act);

const actsAt = ({ deeds, troubles, refunds }: EdgeKind): fc.Arbitrary<Act> => {
  const refund = fc.record({
    kind: fc.constant("refund" as const),
    tenths: refunds === "partial" ? fc.constantFrom(...returnable) : fc.constant(10),
  });
  const kill = fc.record({ kind: fc.constant("kill" as const), part: fc.constantFrom(...parts) });
  const trouble = troubles.map((it) => ({ kind: "trouble" as const, trouble: it }));
  return fc.oneof(
    { weight: 11, arbitrary: deeds },
    { weight: 3, arbitrary: refund },
    { weight: 1, arbitrary: always({ kind: "cancel" }) },
    { weight: 1, arbitrary: always({ kind: "lapse" }) },
    { weight: 2, arbitrary: always({ kind: "tick" }) },
    { weight: 2, arbitrary: always({ kind: "post" }) },
    { weight: 3, arbitrary: trouble },
    { weight: 1, arbitrary: kill },
  );
};

/** Histories of a payment at one of these gateways. */
export const historiesAt = (kinds: readonly EdgeKind[]): fc.Arbitrary<History> =>
  fc.oneof(
    ...kinds.map((kind) =>
      fc.record({
        gateway: fc.constant(kind.name),
        currency: fc.constantFrom(...kind.currencies),
        trialDays: fc.constantFrom(3, 0),
        steps: fc.array(
          fc
            .tuple(actsAt(kind), fc.constantFrom(0, 30, 300))
            .map(([act, thenMs]) => ({ ...act, thenMs })),
          { minLength: 1, maxLength: mostSteps },
        ),
        mail: fc.array(treatment, { maxLength: 4 }),
      }),
    ),
  );

/** A history in a line, for people. */
export function told({ gateway, currency, trialDays, steps, mail }: History): string {
  const acts = steps.map((step) => {
    const { kind, thenMs, ...details } = step;
    const more = Object.values(details).map((value) => {
      return typeof value === "object" ? JSON.stringify(value) : String(value);
    });
    return [kind, ...more, ...(thenMs > 0 ? [`(${thenMs} ms)`] : [])].join(" ");
  });
  const letters = mail.map(({ copies, when }) => (copies === 0 ? "lost" : `${copies}x ${when}`));
  const post = letters.length === 0 ? "" : `; mail: ${letters.join(", ")}`;
  return `${gateway} ${currency}, trial ${trialDays} d: ${acts.join("; ")}${post}`;
}
