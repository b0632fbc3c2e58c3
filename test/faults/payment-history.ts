import * as fc from "fast-check";
import {
  type GatewayAction,
  type GatewayDriverKind,
  returnable,
  type SoldCurrency,
  type Trouble,
} from "./gateway-drivers/gateway-driver.ts";
import { type AddOn, addOnKinds } from "../../domain/payments/payment.ts";
import { hostName, otherHostName } from "../drivers/processes.ts";
import { panelNames } from "../gateways/hosts/every-panel.ts";
import { type PanelAct, panelActs } from "./panels.ts";
import type { Treatment } from "./webhook-proxy.ts";

/** The parts that can be killed; each is restarted. */
export const parts = ["worker", "database", "api", "bot", "host", "otherHost"] as const;
/** A part that can be killed. */
export type Part = (typeof parts)[number];

/** What can happen to a customer's payments. */
export type Act =
  | GatewayAction
  /** The same customer buys again: later acts on an invoice are on this purchase's. */
  | { readonly kind: "buy"; readonly plan: SoldPlan; readonly from: "gateway" | "balance" }
  /** The same customer buys the cheapest plan as another subscription, at the gateway. */
  | { readonly kind: "another" }
  /** The customer tops up their balance by tenths of the cheapest plan, at the gateway. */
  | { readonly kind: "topUp"; readonly tenths: number }
  /** The customer adds to their plan at the gateway, where that is offered to them. */
  | { readonly kind: "addOn"; readonly what: AddOn["kind"] }
  /**
   * An admin refunds tenths of the price, of a charge that bought time or of one
   * that became balance.
   */
  | { readonly kind: "refund"; readonly tenths: number; readonly of: "grant" | "credit" }
  | { readonly kind: "admin"; readonly act: "extend" | "block" | "unblock" | "revoke" }
  /** The customer requests another device. */
  | { readonly kind: "device" }
  /** Time passes until the calendar tries next to renew the plan by a saved card. */
  | { readonly kind: "dueCharge" }
  /** The customer ends their auto-renewal, or has their card removed. */
  | { readonly kind: "endRenewal"; readonly how: "stop" | "forgetCard" }
  | { readonly kind: "cancel" }
  /** Time passes until the invoice has lapsed. */
  | { readonly kind: "lapse" }
  /**
   * An operator terminates a workflow: one of the customer's, or a reconciler,
   * which all customers share.
   */
  | { readonly kind: "terminate"; readonly what: TerminableWorkflow }
  /** Temporal's retention passes: it forgets the payment's workflow if that has ended. */
  | { readonly kind: "forget" }
  /** This many days pass for the customer, in the books. */
  | { readonly kind: "days"; readonly count: number }
  /** A message that the worker cannot read is queued for the customer's chat. */
  | { readonly kind: "poison" }
  /** The gateway's reconciler is asked to read now. */
  | { readonly kind: "check" }
  /** Telegram answers the next calls about this person's chat with an error. */
  | { readonly kind: "chat"; readonly trouble: ChatTrouble; readonly times: number }
  /** A host is dead for `ms`. */
  | { readonly kind: "hostAway"; readonly host: "host" | "otherHost"; readonly ms: number }
  /** Something happens to a panel, or to the customer's users there. */
  | { readonly kind: "panel"; readonly what: PanelAct }
  /** An operator moves devices away from a host for a while. */
  | { readonly kind: "emptyHost"; readonly name: string }
  /** The webhooks that were held for later are delivered, the newest first. */
  | { readonly kind: "post" }
  | { readonly kind: "trouble"; readonly trouble: Trouble }
  | { readonly kind: "kill"; readonly part: Part };

const ownWorkflows = ["payment", "subscription", "refund", "adminAct"] as const;
/** Reconcilers that can be terminated. */
export const reconcilers = ["gateway", "messages", "host"] as const;
export type Reconciler = (typeof reconcilers)[number];
/** A workflow that an operator terminates. */
export type TerminableWorkflow = (typeof ownWorkflows)[number] | Reconciler;

/** Whether it is a reconciler, which all histories share. */
export const isReconciler = (what: TerminableWorkflow): what is Reconciler =>
  (reconcilers as readonly string[]).includes(what);

/** The plans, and what each costs in tenths of the cheapest. */
export const soldPlans = { month: 10, family: 20 } as const;
/** What each add-on costs in tenths of the cheapest plan. */
export const addOnTenths = 5;
/** The code of a plan. */
export type SoldPlan = keyof typeof soldPlans;

/** `timeout-after-success`: the message was sent, but the answer is lost. */
const chatTroubles = ["403", "429", "502", "slow", "timeout-after-success"] as const;
/** How Telegram fails for a chat. */
export type ChatTrouble = (typeof chatTroubles)[number];

/** An act; `thenMs` is the pause before the next one. */
export type Step = Act & { readonly thenMs: number };

/** What happens to one customer's payments. */
export interface History {
  readonly gateway: string;
  readonly currency: SoldCurrency;
  /** Its orders at the gateway begin subscriptions. */
  readonly recurs: boolean;
  /** With 0 the customer has no access before they pay. */
  readonly trialDays: number;
  readonly steps: readonly Step[];
  /** What happens to the gateway's webhooks, in the order in which they come. */
  readonly mail: readonly Treatment[];
}

/** Enough that three acts on one payment can coincide, few enough to print in a line. */
const mostSteps = 9;

const treatment: fc.Arbitrary<Treatment> = fc.record({
  copies: fc.constantFrom(1, 1, 2, 3, 0),
  when: fc.constantFrom("atOnce", "later", "last"),
});

const always = <Kind extends Act>(act: Kind) => fc.constant(act);

const endings = fc.record({
  kind: fc.constant("endRenewal" as const),
  how: fc.constantFrom("stop" as const, "forgetCard" as const),
});

/** What only those meet whom the calendar charges; nothing where it charges nobody. */
const renewalActs = ({ subscribes }: GatewayDriverKind) =>
  subscribes === "byCalendar"
    ? [
        { weight: 10, arbitrary: always({ kind: "dueCharge" }) },
        { weight: 1, arbitrary: endings },
      ]
    : [];

const actsAt = (gateway: GatewayDriverKind): fc.Arbitrary<Act> => {
  const { actions, troubles, refunds } = gateway;
  const refund = fc.record({
    kind: fc.constant("refund" as const),
    tenths: refunds === "partial" ? fc.constantFrom(...returnable) : fc.constant(10),
    of: fc.constantFrom("grant" as const, "grant" as const, "credit" as const),
  });
  const kill = fc.record({ kind: fc.constant("kill" as const), part: fc.constantFrom(...parts) });
  const trouble = troubles.map((it) => ({ kind: "trouble" as const, trouble: it }));
  return fc.oneof(
    { weight: 22, arbitrary: actions },
    { weight: 6, arbitrary: refund },
    { weight: 4, arbitrary: buys },
    { weight: 3, arbitrary: always({ kind: "another" }) },
    { weight: 3, arbitrary: topUps },
    { weight: 4, arbitrary: addOns },
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
    { weight: 8, arbitrary: onPanels },
    { weight: 2, arbitrary: emptied },
    { weight: 1, arbitrary: always({ kind: "forget" }) },
    { weight: 2, arbitrary: days },
    { weight: 1, arbitrary: always({ kind: "poison" }) },
    ...renewalActs(gateway),
  );
};

const buys = fc.record({
  kind: fc.constant("buy" as const),
  plan: fc.constantFrom("month" as const, "family" as const),
  from: fc.constantFrom("gateway" as const, "balance" as const),
});

const topUps = fc.record({
  kind: fc.constant("topUp" as const),
  tenths: fc.constantFrom(5, 10, 20),
});

const addOns = fc.record({
  kind: fc.constant("addOn" as const),
  what: fc.constantFrom(...addOnKinds),
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

const emptied = fc.record({
  kind: fc.constant("emptyHost" as const),
  name: fc.constantFrom(hostName, otherHostName, ...panelNames),
});

const onPanels = fc.record({ kind: fc.constant("panel" as const), what: panelActs });

/** A trial ends within 4 days, and everything that is bought once within 40. */
const days = fc.record({ kind: fc.constant("days" as const), count: fc.constantFrom(1, 4, 40) });

const chats = fc.record({
  kind: fc.constant("chat" as const),
  trouble: fc.constantFrom(...chatTroubles),
  times: fc.integer({ min: 1, max: 3 }),
});

/** Draws histories of payments at these gateways. */
export const historiesAt = (kinds: readonly GatewayDriverKind[]): fc.Arbitrary<History> =>
  fc.oneof(
    ...kinds.map((kind) =>
      fc
        .record({
          gateway: fc.constant(kind.name),
          currency: fc.constantFrom(...kind.currencies),
          recurs: kind.subscribes ? fc.boolean() : fc.constant(false),
          trialDays: fc.constantFrom(3, 0),
          steps: fc.array(
            fc
              .tuple(actsAt(kind), fc.constantFrom(0, 30, 300))
              .map(([act, thenMs]) => ({ ...act, thenMs })),
            { minLength: 1, maxLength: mostSteps },
          ),
          mail: fc.array(treatment, { maxLength: 4 }),
        })
        .map((history) => paidFirst(history, kind)),
    ),
  );

/** A plan is renewed only once it was paid for: many histories would never come so far. */
function paidFirst(history: History, kind: GatewayDriverKind): History {
  if (!history.recurs || kind.subscribes !== "byCalendar") return history;
  const pay = { kind: "pay", tenths: 10, by: "card", thenMs: 300 } as const;
  return { ...history, steps: [pay, ...history.steps] };
}

/** A history as one line of text. */
export function describeHistory(history: History): string {
  const { gateway, currency, recurs, trialDays, steps, mail } = history;
  const acts = steps.map((step) => {
    const { kind, thenMs, ...details } = step;
    const more = Object.values(details).map((value) => {
      return typeof value === "object" ? JSON.stringify(value) : String(value);
    });
    return [kind, ...more, ...(thenMs > 0 ? [`(${thenMs} ms)`] : [])].join(" ");
  });
  const treatments = mail.map(({ copies, when }) => (copies === 0 ? "lost" : `${copies}x ${when}`));
  const webhooks = treatments.length === 0 ? "" : `; webhooks: ${treatments.join(", ")}`;
  return `${gateway} ${currency}${recurs ? " every month" : ""}, trial ${trialDays} d: ${acts.join("; ")}${webhooks}`;
}
