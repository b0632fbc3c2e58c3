import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  type ChildWorkflowHandle,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  startChild,
  upsertSearchAttributes,
} from "@temporalio/workflow";
import type { approval } from "./approval.ts";
import type { ApprovalActivities } from "../activities/people/approval.ts";
import type { AuditActivities } from "../activities/operations/audit.ts";
import type { PaymentActivities } from "../activities/payments/payment.ts";
import type { PeopleActivities } from "../activities/people/people.ts";
import type { RefundActivities } from "../activities/payments/refund.ts";
import type { SubscriptionActivities } from "../activities/access/subscription.ts";
import { type Failure, failures } from "../domain/failures.ts";
import type { SubscriptionRef } from "../domain/access/subscription.ts";
import { type Instant, instant, msBetween } from "../domain/time.ts";
import { calendarOf, searchAttributes, workflowIds } from "./contract.ts";
import { booksChanged } from "./signals.ts";
import type { subscription } from "./subscription.ts";

type Activities = PeopleActivities &
  ApprovalActivities &
  SubscriptionActivities &
  PaymentActivities &
  RefundActivities &
  AuditActivities;

/** What operators read beside each step in the Temporal UI. A step without its words does not compile. */
export const summaries: Readonly<Record<keyof Activities, string>> = {
  arrive: "registers the person and writes the first answer",
  say: "writes a message to the person",
  openSubscription: "makes the person a customer with a subscription",
  reject: "books the rejection",
  changeLanguage: "books the language",
  followProfile: "books the names that Telegram tells now",
  recordAct: "books the act with all that follows, and its audit row",
  hostsBehind: "looks up which hosts do not follow yet",
  confirmAct: "tells the admin how it stands",
  openApproval: "books the question and asks every admin",
  remindAdmins: "reminds the admins",
  recordDecision: "books the decision and its audit row",
  findDecision: "looks up how it was decided",
  recordLapse: "books that nobody decided",
  followCalendar: "writes what is due and reads what is next",
  handleDeviceRequest: "books what a customer wants of a device",
  openOrder: "makes the order, with the price that was shown",
  findOrder: "looks up what is known of the payment",
  issueInvoice: "asks the gateway for an invoice and has it shown",
  tellInvoiceDelayed: "tells the customer that the invoice takes longer",
  confirmEvents: "asks the gateway about an amount that is not the price",
  lookUp: "asks the gateway what became of the invoice",
  decideEvents: "decides over reports and books all that follows",
  closePayment: "books that nobody is asked any more",
  keepUnmatched: "keeps money that no order asked for",
  resolveUnmatched: "books what an admin decided over unmatched money",
  refundUnmatched: "asks the gateway to send unmatched money back",
  closeUnmatched: "books how it ended and tells the admin",
  openRefund: "books the refund, takes its time and sets its balance aside",
  approveRefund: "books that an admin agrees",
  refundAtGateway: "asks the gateway to return the money",
  tellRefundWaits: "tells the admins that a refund waits for its gateway",
  completeRefund: "books that the money is back",
  failRefund: "gives back what the refund had taken",
  auditBooks: "compares the books with themselves and finds lost workflows",
};

type Steps = ReturnType<typeof proxyActivities<Activities>>;

/** One proxy a step, because the summary is an option of the proxy. */
function described(proxy: (summary: string) => Steps): Steps {
  const named = Object.entries(summaries).map(([name, summary]) => {
    return [name, proxy(summary)[name as keyof Activities]] as const;
  });
  return Object.fromEntries(named) as Steps;
}

/** A call that goes on by other means when it has failed for a while. */
export const firstTries = described((summary) =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: "10s",
    retry: { initialInterval: "500ms", maximumAttempts: 3 },
  }),
);

/**
 * Short idempotent database steps. One at a time: of local activities that run side by side, e.g. one in a signal's
 * handler, a replay may give one the other's result (temporalio sdk-python issues 1578 and 1881, which are of the
 * core that all SDKs share). Hence handlers only note.
 */
export const dbSteps = described((summary) =>
  proxyLocalActivities<Activities>({
    summary,
    startToCloseTimeout: "10s",
    // A wait costs six events: with a minute between tries the books may be away for days.
    retry: { initialInterval: "200ms", maximumInterval: "1m" },
  }),
);

/** Steps over all of the books, which take as long as there is of them, and go on soon after a worker's death. */
export const longSteps = described((summary) =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: "1 hour",
    heartbeatTimeout: "10s",
    retry: { initialInterval: "500ms", backoffCoefficient: 3, maximumAttempts: 4 },
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

/** Whether a step ended in the failure of this name. */
export function isFailure(error: unknown, failure: Failure): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === failure
  );
}

/**
 * Whether a gateway will not return money. One that was switched off will not, unless it is at it: then the money may
 * move all the same.
 */
export const isRefundRefused = (error: unknown, isTaken: boolean): boolean =>
  isFailure(error, failures.refundRefused) || (isFailure(error, failures.gatewayOff) && !isTaken);

/** Shows operators where the story stands and what it waits for. */
export function showStage(stage: string, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
  setCurrentDetails(details);
}

export function needHuman(value: boolean, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.needsHuman, value }]);
  setCurrentDetails(details);
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

interface Owner {
  readonly subscriptionId: SubscriptionRef["id"];
  readonly customerId: SubscriptionRef["customerId"];
  readonly telegramId: SubscriptionRef["telegramId"];
}

/** Has a subscription's calendar read the books again; one whose workflow is gone is begun anew. */
export async function wakeSubscription(owner: Owner): Promise<void> {
  const { subscriptionId: id, customerId, telegramId } = owner;
  const calendar = getExternalWorkflowHandle(workflowIds.subscription(id));
  if (await tellWorkflow(calendar.signal(booksChanged), "the books have changed")) return;
  await startSubscription({ id, customerId, telegramId });
}

/** Begins a subscription's calendar, which lives on by itself. One that runs is left as it is. */
export async function startSubscription(ref: SubscriptionRef): Promise<void> {
  const options = { ...calendarOf(ref), parentClosePolicy: ParentClosePolicy.ABANDON };
  await startChild<typeof subscription>("subscription", options).catch(ignoreStarted);
}

/** A question that is put to the admins by a workflow of its own, which answers by a signal. */
export interface Asking {
  /** It has ended, with or without an answer. */
  isOver: boolean;
  /** False: an earlier run has begun it, and its end is not heard here. */
  readonly isWatched: boolean;
}

/** Watches the question that `starting` begins; one that is asked already is that question. */
export async function watch(
  starting: Promise<ChildWorkflowHandle<typeof approval>>,
): Promise<Asking> {
  const asking = { isOver: false, isWatched: true };
  try {
    const child = await starting;
    const end = () => void (asking.isOver = true);
    void child.result().then(end, end);
    return asking;
  } catch (error) {
    ignoreStarted(error);
    return { isOver: false, isWatched: false };
  }
}

/**
 * Waits for news while a question is open. The end of one that cannot be watched is not heard: then for `ms` at most,
 * after which it is looked at whether it was decided meanwhile.
 */
export async function awaitNews(
  { isWatched }: Asking,
  hasNews: () => boolean,
  ms: number,
): Promise<void> {
  if (isWatched) await condition(hasNews);
  else await condition(hasNews, ms, { summary: "whether it was decided meanwhile" });
}

/** A child that was started before is what was wanted. */
export function ignoreStarted(error: unknown): void {
  const isStarted = error instanceof Error && error.name === "WorkflowExecutionAlreadyStartedError";
  if (!isStarted) throw error;
}
