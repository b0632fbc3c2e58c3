/** Reconcilers loop for ever: on a queue of their own they keep no other step waiting. */
export const reconcilerTaskQueue = "tollgate-reconcilers";

/** The one workflow that keeps the chats equal to what was written to people. */
export const messagesWorkflowId = "messages";

/** Signals that every reconciler takes, by name. */
export const reconcilerSignals = {
  checkNow: "checkNow",
  pause: "pause",
  resume: "resume",
} as const;
