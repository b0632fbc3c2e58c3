import {
  type GatewayEvent,
  type InvoiceRequest,
  orderNumber,
  type PaymentId,
  type Purchase,
} from "../domain/payments/payment.ts";
import type { RefundCommand } from "../domain/payments/refund.ts";
import type { RenewalRequest } from "../domain/payments/renewal.ts";
import type { Resolution } from "../domain/payments/unmatched.ts";
import {
  queries,
  searchAttributes,
  signals,
  taskQueue,
  workflowIds,
} from "../workflows/contract/names.ts";
import {
  type PurchaseStart,
  purchaseOf,
  refundOf,
  renewalChangeOf,
  reportTo,
  showInvoiceOf,
} from "../workflows/contract/payments.ts";
import { ofPerson } from "../workflows/contract/people.ts";
import type { SignalArguments } from "../workflows/contract/signal-arguments.ts";
import type { payment, refund, renewalChange, unmatched } from "../workflows/index.ts";
import type { DurableClient, SignalResult, StartResult } from "./durable.ts";
import { sendTogether } from "./send-together.ts";

/**
 * Reports gateway events to a payment, also to one that has ended or does not exist. Resolves when
 * Temporal has stored the report.
 * @throws Unavailable when Temporal does not answer in time.
 */
export function reportEvents(
  client: DurableClient,
  id: PaymentId,
  events: readonly GatewayEvent[],
): Promise<void> {
  return client.call(({ workflow }) =>
    sendTogether(client.temporal, id, events, async (all) => {
      await workflow.signalWithStart<typeof payment, SignalArguments["gatewayReported"]>(
        "payment",
        reportTo(id, all),
      );
    }),
  );
}

/**
 * Starts a purchase. The same id is the same purchase, however long ago it was made.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const startPurchase = (
  client: DurableClient,
  id: PaymentId,
  purchase: Purchase,
  from: PurchaseStart,
): Promise<StartResult> =>
  client.start(({ workflow }) =>
    workflow.start<typeof payment>("payment", purchaseOf(id, purchase, from)),
  );

/**
 * Cancels a payment on behalf of its customer.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const cancelPayment = (client: DurableClient, id: PaymentId): Promise<SignalResult> =>
  client.signal(workflowIds.payment(id), signals.cancelled);

/**
 * Asks a payment to show its invoice to its customer again. The same request is shown once.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const showInvoice = (
  client: DurableClient,
  id: PaymentId,
  request: InvoiceRequest,
): Promise<void> =>
  client.call(async ({ workflow }) => {
    await workflow.signalWithStart<typeof payment, SignalArguments["invoiceRequested"]>(
      "payment",
      showInvoiceOf(id, request),
    );
  });

/**
 * Whether a worker answers, so that a payment made now is decided now. It leaves no trace and never
 * rejects, because its caller has only seconds.
 */
export async function isServed(client: DurableClient): Promise<boolean> {
  try {
    return await client.call(({ workflow }) =>
      workflow.getHandle(workflowIds.messages).query<true>(queries.isServed),
    );
  } catch {
    return false;
  }
}

/**
 * Starts a refund. The database makes sure that a request counts once and that a charge has one
 * refund at a time. `repeated`: this request is under way already.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const startRefund = (client: DurableClient, command: RefundCommand): Promise<StartResult> =>
  client.start(({ workflow }) => workflow.start<typeof refund>("refund", refundOf(command)));

/**
 * Starts a customer's change of their auto-renewal, once per request.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const changeRenewal = (
  client: DurableClient,
  request: RenewalRequest,
): Promise<StartResult> =>
  client.start(({ workflow }) =>
    workflow.start<typeof renewalChange>("renewalChange", renewalChangeOf(request)),
  );

/**
 * Starts carrying out an admin's decision about an unmatched payment, once per request.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const resolveUnmatched = (
  client: DurableClient,
  resolution: Resolution,
): Promise<StartResult> =>
  client.start(({ workflow }) =>
    workflow.start<typeof unmatched>("unmatched", {
      ...resolutionOf(resolution),
      workflowIdReusePolicy: "REJECT_DUPLICATE",
    }),
  );

/** The Temporal UI, and the namespace that it shows. */
export interface TemporalUi {
  readonly url: string;
  readonly namespace: string;
}

/** The page of a payment's workflow in the Temporal UI. */
export const paymentPageUrl = ({ url, namespace }: TemporalUi, id: PaymentId): string =>
  `${url.replace(/\/+$/u, "")}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowIds.payment(id))}`;

/**
 * Resumes a payment whose workflow is gone from what is booked; a running one is left as it is.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function resumePayment(client: DurableClient, id: PaymentId): Promise<void> {
  await client.start(({ workflow }) =>
    workflow.start<typeof payment>("payment", {
      taskQueue,
      workflowId: workflowIds.payment(id),
      args: [id],
      typedSearchAttributes: [{ key: searchAttributes.order, value: orderNumber(id) }],
      staticSummary: `Order ${orderNumber(id)}, resumed`,
    }),
  );
}

/**
 * Resumes a refund whose workflow is gone; a running one is left as it is.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function resumeRefund(client: DurableClient, command: RefundCommand): Promise<void> {
  await startRefund(client, command);
}

/**
 * Resumes the refund of an unmatched payment; a running workflow is left as it is.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function resumeUnmatched(
  client: DurableClient,
  resolution: Resolution,
): Promise<void> {
  await client.start(({ workflow }) =>
    workflow.start<typeof unmatched>("unmatched", resolutionOf(resolution)),
  );
}

function resolutionOf(resolution: Resolution) {
  const { requestId, what, gateway, reference, by } = resolution;
  const args: [Resolution] = [resolution];
  const does = {
    give: what.kind === "give" ? `goes to ${what.customer}` : "",
    refund: "goes back",
    ignore: "is ignored",
  } as const;
  return {
    taskQueue,
    workflowId: workflowIds.unmatched(requestId),
    args,
    ...(what.kind === "give" ? { typedSearchAttributes: ofPerson(what.customer) } : {}),
    staticSummary: `Unmatched payment ${reference} at ${gateway} ${does[what.kind]}, by admin ${by}`,
  };
}
