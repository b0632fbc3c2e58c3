import {
  ActivityFailure,
  ApplicationFailure,
  getExternalWorkflowHandle,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
} from "@temporalio/workflow";
import type { ApprovalActivities } from "../activities/approval.ts";
import type { CustomerActivities } from "../activities/customer.ts";
import type { HostActivities } from "../activities/host.ts";
import type { PaymentActivities } from "../activities/payment.ts";
import type { ReconciliationActivities } from "../activities/reconciliation.ts";
import type { RefundActivities } from "../activities/refund.ts";
import type { SignupActivities } from "../activities/signup.ts";
import type { SubscriptionActivities } from "../activities/subscription.ts";
import type { Failure } from "../domain/failures.ts";
import type { GatewayName, PaymentOrder } from "../domain/payment.ts";
import type { TimeChange } from "../domain/subscription.ts";
import { type Instant, instant, minuteMs, msBetween } from "../domain/time.ts";
import type { RefundAnswer } from "../gateways/payment-gateway.ts";
import { searchAttributes, workflowIds } from "./contract.ts";
import { timeChanged } from "./signals.ts";

type Activities = SignupActivities &
  ApprovalActivities &
  SubscriptionActivities &
  HostActivities &
  CustomerActivities &
  PaymentActivities &
  RefundActivities &
  ReconciliationActivities;

/** What operators read beside each step in the Temporal UI. A step without its words does not compile. */
const summaries: Readonly<Record<keyof Activities, string>> = {
  register: "knows the person, and which way they go on",
  tell: "writes to the person",
  retell: "puts new words in the place of an earlier message",
  openSubscription: "makes the person a customer with a subscription",
  reject: "writes the rejection down",
  openApprovals: "looks up what waits for this admin",
  missedKeys: "looks up keys that never reached the chat",
  askAdmins: "asks every admin",
  askAdmin: "asks an admin who came later",
  remindAdmins: "reminds the admins",
  recordDecision: "writes the decision and its audit row",
  recordLapse: "writes that nobody decided",
  showOutcome: "shows every admin who decided",
  grantTime: "gives time, once for its cause",
  recordState: "writes the state that hosts then follow",
  applyAccess: "makes the hosts let in what the books let in",
  addDevice: "gives the device a host, an address and keys",
  undelivered: "looks up keys to deliver",
  deliverDevice: "lets the device in and sends its key",
  rekeyDevice: "replaces the keys, takes the old one off the host",
  renameDevice: "renames the device",
  revokeDevice: "takes the device off its host",
  reconcileHost: "compares the host with the books and repairs it",
  recordTraffic: "takes the host's counters into the books",
  usedUp: "looks up whose traffic is used up",
  isUsedUp: "looks whether the traffic is used up",
  changeLanguage: "writes the language",
  followProfile: "writes the names that Telegram tells now",
  recordAct: "writes the act and its audit row",
  changeTime: "gives or takes what a payment says, once",
  openOrder: "makes the order, with the price that was shown",
  findOrder: "looks up what is known of the payment",
  issueInvoice: "asks the gateway for an invoice and shows it",
  showAgain: "shows the open invoice once more",
  showPayment: "puts into the invoice what became of it",
  lookUp: "asks the gateway what became of the invoice",
  keepReport: "keeps what the gateway said, word for word",
  settle: "decides over the report and books what follows",
  closePayment: "writes that nobody is asked any more",
  creditInstead: "books the money as the customer's balance",
  keepUnmatched: "keeps money that nobody was asked for",
  resolveUnmatched: "books what an admin decided over money of nobody",
  refundUnmatched: "asks the gateway to send money of nobody back",
  closeUnmatchedRefund: "books how sending it back ended",
  canRefund: "looks up whether the gateway returns money",
  tellAdmins: "tells the admins",
  openRefund: "writes the refund and its audit row",
  refundAtGateway: "asks the gateway to return the money",
  closeRefund: "writes how the refund stands",
  reconcileGateway: "compares the gateway's statement with the books",
};

type Steps = ReturnType<typeof proxyActivities<Activities>>;

/** One proxy a step, because the summary is an option of the proxy. */
function described(proxy: (summary: string) => Steps): Steps {
  const named = Object.entries(summaries).map(([name, summary]) => {
    return [name, proxy(summary)[name as keyof Activities]] as const;
  });
  return Object.fromEntries(named) as Steps;
}

/** Steps that talk to the outside: tried again without end while it is away. */
export const steps = described((summary) =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: "30s",
    retry: { initialInterval: "500ms", maximumInterval: "30s" },
  }),
);

/** The first minute of a step that a person waits for: after it they are told, and it goes on patiently. */
export const firstTries = described((summary) =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: "10s",
    retry: { initialInterval: "500ms", maximumAttempts: 3 },
  }),
);

/**
 * Short idempotent database steps on a path that a person waits for. One at a time: of local activities that
 * run side by side, e.g. one in a signal's handler, a replay may give one the other's result (temporalio
 * sdk-python issues 1578 and 1881, which are of the core that all SDKs share).
 */
export const quickSteps = described((summary) =>
  proxyLocalActivities<Activities>({
    summary,
    startToCloseTimeout: "10s",
    retry: { initialInterval: "200ms", maximumInterval: "10s" },
  }),
);

/** The same where signals' handlers take steps of their own. */
export const promptSteps = described((summary) =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: "10s",
    retry: { initialInterval: "200ms", maximumInterval: "10s" },
  }),
);

/** Until a moment after which nobody waits for it any more. */
export const stepsUntil = (moment: Instant) =>
  described((summary) =>
    proxyActivities<Activities>({
      summary,
      startToCloseTimeout: "30s",
      scheduleToCloseTimeout: Math.max(1_000, msBetween(instant(Date.now()), moment)),
      retry: { initialInterval: "1s", maximumInterval: "30s" },
    }),
  );

/** Months of a statement in one step, which heartbeats; a worker that takes over goes on at the cursor. */
export const readings = described((summary) =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: "6h",
    heartbeatTimeout: "45s",
    retry: { initialInterval: "1s", maximumAttempts: 5 },
  }),
);

/** A tick that cannot reach its host ends in failure, for operators to see; the next tick tries anew. */
export const ticks = described((summary) =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: "45s",
    heartbeatTimeout: "40s",
    retry: { maximumAttempts: 1 },
  }),
);

/** Whether a step ended in the failure of this name. */
export function isFailure(error: unknown, failure: Failure): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === failure
  );
}

/** Shows operators where the story stands and what it waits for. */
export function showStage(stage: string, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
  setCurrentDetails(details);
}

export function needHuman(value: boolean, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.needsHuman, value }]);
  setCurrentDetails(details);
}

/** Time that was bought or returned, told to its subscription; false when that has ended. */
export function tellSubscription(
  { subscriptionId }: PaymentOrder,
  change: TimeChange,
): Promise<boolean> {
  const subscription = getExternalWorkflowHandle(workflowIds.subscription(subscriptionId));
  return tellWorkflow(subscription.signal(timeChanged, change), "time");
}

/** How often a gateway that is still at it is asked again. */
const patienceMs = minuteMs;

/** Asks a gateway to give money back until it is done. Throws what the step throws, e.g. the gateway's refusal. */
export async function untilReturned(
  gateway: GatewayName,
  ask: () => Promise<RefundAnswer>,
): Promise<void> {
  showStage("gateway", `${gateway} is asked to return the money`);
  while ((await ask()) === "underWay") {
    showStage("gateway", `${gateway} has taken the refund and is at it`);
    await sleep(patienceMs, { summary: "asks the gateway again" });
  }
}

/** Tells another workflow; false when it has ended and there is nobody to tell. */
export async function tellWorkflow(send: Promise<void>, about: string): Promise<boolean> {
  try {
    await send;
    return true;
  } catch (error) {
    log.info("the other workflow has ended", { about, reason: String(error) });
    return false;
  }
}
