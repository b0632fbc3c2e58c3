/** Fails a run whose history this version of the code cannot replay. */
const endUnreplayable: "NondeterminismError"[] = ["NondeterminismError"];

/** Options of every worker that runs workflows. */
export const workflowWorkerOptions = {
  maxCachedWorkflows: 100,
  /**
   * The timeout of one call into a workflow: as long as the server waits for a task. A task may
   * bring as many signals as one run may have, 10,000, and each takes nearly a millisecond. The SDK
   * has this option but does not declare it; its default is 5 s.
   */
  isolateExecutionTimeout: "10s",
  /**
   * Reconcilers, the audit, the summary and senders of signals restart these from the database, so a
   * failed run is better than a stuck one (ADR 24). The state of the others is in no table: an
   * operator resets them.
   */
  workflowFailureErrorTypes: {
    "*": [] as string[],
    payment: endUnreplayable,
    refund: endUnreplayable,
    unmatched: endUnreplayable,
    subscription: endUnreplayable,
    host: endUnreplayable,
    gateway: endUnreplayable,
    messages: endUnreplayable,
    audit: endUnreplayable,
    summary: endUnreplayable,
  },
} as const;
