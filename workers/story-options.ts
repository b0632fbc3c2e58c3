/** Ends a run whose history this version of the code cannot follow, however that came about. */
const endUnreplayable: "NondeterminismError"[] = ["NondeterminismError"];

/** How the worker of the stories is made, wherever it runs. */
export const storyOptions = {
  maxCachedWorkflows: 100,
  /**
   * How long one call into a workflow may take: as long as the server waits for a task. A task may bring as many
   * signals as one run may have, 10,000, and each of them takes the better part of a millisecond. The SDK has this
   * option and does not declare it; its own value is 5 s.
   */
  isolateExecutionTimeout: "10s",
  /**
   * These are begun anew from the books by reconcilers, audit and whoever signals them, so that one that has ended is
   * better than one that is stuck (ADR 24). The others hold what is in no book yet: an operator resets them.
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
  },
} as const;
