import * as fc from "fast-check";
import {
  type GatewayAction,
  type GatewayDriverKind,
  returnable,
  type Sold,
  type Trouble,
} from "./gateway-drivers/gateway-driver.ts";
import type { Treatment } from "./webhook-proxy.ts";

/** What can be killed; each comes back by itself. */
export const parts = ["worker", "database", "api", "bot", "host", "otherHost"] as const;
export type Part = (typeof parts)[number];

export type Act =
  | GatewayAction
  /** Another purchase of the same customer: whoever acts on an invoice from then on acts on its. */
  | { readonly kind: "buy"; readonly plan: SoldPlan; readonly from: "gateway" | "balance" }
  /** An admin wants so much of the price given back: of a charge that bought time, or of one that is balance. */
  | { readonly kind: "refund"; readonly tenths: number; readonly of: "grant" | "credit" }
  | { readonly kind: "admin"; readonly act: "extend" | "block" | "unblock" | "revoke" }
  /** The customer wants one device more. */
  | { readonly kind: "device" }
  | { readonly kind: "cancel" }
  /** Time passes until nobody waits for this invoice any more. */
  | { readonly kind: "lapse" }
  /** An operator ends a workflow: the customer's own, or a reconciler, which is everybody's. */
  | { readonly kind: "terminate"; readonly what: Ended }
  /** Temporal's retention has passed: it knows nothing any more of the payment, where that is over. */
  | { readonly kind: "forget" }
  /** So much of the customer's time passes, in the books. */
  | { readonly kind: "days"; readonly count: number }
  /** A message that nobody can read waits for the customer's chat. */
  | { readonly kind: "poison" }
  /** The gateway is to be read now. */
  | { readonly kind: "check" }
  /** Telegram answers so about this person's chat for a while. */
  | { readonly kind: "chat"; readonly trouble: ChatTrouble; readonly times: number }
  /** A host is dead for so long. */
  | { readonly kind: "hostAway"; readonly host: "host" | "otherHost"; readonly ms: number }
  /** The mail that was kept for later comes, the last first. */
  | { readonly kind: "post" }
  | { readonly kind: "trouble"; readonly trouble: Trouble }
  | { readonly kind: "kill"; readonly part: Part };

const ownWorkflows = ["payment", "subscription", "refund", "adminAct"] as const;
export const reconcilers = ["gateway", "messages", "host"] as const;
export type Reconciler = (typeof reconcilers)[number];
export type Ended = (typeof ownWorkflows)[number] | Reconciler;

/** What is for sale, and what it costs in tenths of the cheapest. */
export const soldPlans = { month: 10, family: 20 } as const;
export type SoldPlan = keyof typeof soldPlans;

/** `timeout-after-success`: the message was sent, and nobody hears so. */
const chatTroubles = ["403", "429", "502", "slow", "timeout-after-success"] as const;
export type ChatTrouble = (typeof chatTroubles)[number];

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

const actsAt = ({ actions: deeds, troubles, refunds }: GatewayDriverKind): fc.Arbitrary<Act> => {
  const refund = fc.record({
    kind: fc.constant("refund" as const),
    tenths: refunds === "partial" ? fc.constantFrom(...returnable) : fc.constant(10),
    of: fc.constantFrom("grant" as const, "grant" as const, "credit" as const),
  });
  const kill = fc.record({ kind: fc.constant("kill" as const), part: fc.constantFrom(...parts) });
  const trouble = troubles.map((it) => ({ kind: "trouble" as const, trouble: it }));
  return fc.oneof(
    { weight: 22, arbitrary: deeds },
    { weight: 6, arbitrary: refund },
    { weight: 4, arbitrary: buys },
    { weight: 4, arbitrary: adminActs },
    { weight: 2, arbitrary: always({ kind: "device" }) },
    { weight: 2, arbitrary: always({ kind: "cancel" }) },
    { weight: 2, arbitrary: always({ kind: "lapse" }) },
    { weight: 3, arbitrary: terminations },
    { weight: 4, arbitrary: always({ kind: "check" }) },
    { weight: 4, arbitrary: always({ kind: "post" }) },
    { weight: 6, arbitrary: trouble },
    { weight: 3, arbitrary: chats },
    { weight: 2, arbitrary: kill },
    { weight: 2, arbitrary: absences },
    { weight: 1, arbitrary: always({ kind: "forget" }) },
    { weight: 2, arbitrary: days },
    { weight: 1, arbitrary: always({ kind: "poison" }) },
  );
};

const buys = fc.record({
  kind: fc.constant("buy" as const),
  plan: fc.constantFrom("month" as const, "family" as const),
  from: fc.constantFrom("gateway" as const, "balance" as const),
});

const adminActs = fc.record({
  kind: fc.constant("admin" as const),
  act: fc.constantFrom(
    "extend" as const,
    "extend" as const,
    "block" as const,
    "unblock" as const,
    "unblock" as const,
    "revoke" as const,
  ),
});

const terminations = fc.record({
  kind: fc.constant("terminate" as const),
  what: fc.constantFrom(...ownWorkflows, ...ownWorkflows, ...reconcilers),
});

const absences = fc.record({
  kind: fc.constant("hostAway" as const),
  host: fc.constantFrom("host" as const, "otherHost" as const),
  ms: fc.constant(7_000),
});

/** A trial is over in one of them, and in the last all that was bought once. */
const days = fc.record({ kind: fc.constant("days" as const), count: fc.constantFrom(1, 4, 40) });

const chats = fc.record({
  kind: fc.constant("chat" as const),
  trouble: fc.constantFrom(...chatTroubles),
  times: fc.integer({ min: 1, max: 3 }),
});

/** Histories of a payment at one of these gateways. */
export const historiesAt = (kinds: readonly GatewayDriverKind[]): fc.Arbitrary<History> =>
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
