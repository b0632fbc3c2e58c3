/** How the worker of the stories is made, wherever it runs. */
export const storyOptions = {
  maxCachedWorkflows: 100,
  /**
   * How long one call into a workflow may take: as long as the server waits for a task. A task may bring as many
   * signals as one run may have, 10,000, and each of them takes the better part of a millisecond. The SDK has this
   * option and does not declare it; its own value is 5 s.
   */
  isolateExecutionTimeout: "10s",
} as const;
