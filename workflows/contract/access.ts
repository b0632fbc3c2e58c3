import { type HostCondition, wellHost } from "../../domain/access/host.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { HostId } from "../../domain/ids.ts";
import { searchAttributes, taskQueue, workflowIds } from "./names.ts";
import { type ApprovalAnswer, ofPerson } from "./people.ts";

/** The options of `start` for a subscription's calendar. */
export function calendarOf(ref: SubscriptionRef) {
  const args: [{ readonly ref: SubscriptionRef }] = [{ ref }];
  return {
    taskQueue,
    workflowId: workflowIds.subscription(ref.id),
    args,
    staticSummary: `Access of ${ref.telegramId}`,
    typedSearchAttributes: [
      { key: searchAttributes.customerId, value: ref.customerId as string },
      ...ofPerson(ref.telegramId),
    ],
  };
}

/** The argument of a host's reconciler, which it also hands to its next run. */
export interface HostReconciler {
  readonly hostId: HostId;
  readonly name: string;
  readonly known: HostCondition;
  readonly isPaused: boolean;
  /** The last question about unknown peers that admins were sent. */
  readonly asked?: string;
  /** Open questions by the id of their approval. */
  readonly open: Readonly<Record<string, HostQuestion>>;
  /** Requests that the previous run has not handled. */
  readonly requests?: readonly HostRequest[];
}

/** A request to a host's reconciler. */
export type HostRequest =
  | { readonly kind: "check" | "approve" }
  | { readonly kind: "answer"; readonly answer: ApprovalAnswer };

/** What admins are asked about a host; `batch` groups the unknown peers of one question. */
export type HostQuestion =
  | { readonly kind: "removals" }
  | { readonly kind: "unknownPeers"; readonly batch: string };

/** The options of `start` for a host's reconciler. A running one is left as it is. */
export function hostReconcilerOf({ id, name }: { readonly id: HostId; readonly name: string }) {
  const args: [HostReconciler] = [{ hostId: id, name, known: wellHost, isPaused: false, open: {} }];
  return {
    taskQueue,
    workflowId: workflowIds.host(id),
    workflowIdConflictPolicy: "USE_EXISTING" as const,
    args,
    typedSearchAttributes: [{ key: searchAttributes.host, value: id as string }],
    staticSummary: `Keeps the host ${name} equal to the books`,
  };
}
