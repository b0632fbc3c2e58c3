import { type ChildWorkflowHandle, condition } from "@temporalio/workflow";
import type { approval } from "./people/approval.ts";
import { ignoreStarted } from "./other-workflows.ts";

/** A question to the admins, asked by a workflow of its own that answers by a signal. */
export interface Question {
  /** Its workflow has ended, with or without an answer. */
  isOver: boolean;
  /** False: an earlier run started it, and its end cannot be observed here. */
  readonly isObserved: boolean;
}

/**
 * Observes the end of the question that `starting` starts; one that runs already is left as it is.
 */
export async function trackQuestion(
  starting: Promise<ChildWorkflowHandle<typeof approval>>,
): Promise<Question> {
  const question = { isOver: false, isObserved: true };
  try {
    const child = await starting;
    const end = () => void (question.isOver = true);
    void child.result().then(end, end);
    return question;
  } catch (error) {
    ignoreStarted(error);
    return { isOver: false, isObserved: false };
  }
}

/**
 * Waits for news while a question is open. If its end cannot be observed, waits for `ms` at most;
 * then the caller checks whether it was decided.
 */
export async function awaitNews(
  { isObserved }: Question,
  hasNews: () => boolean,
  ms: number,
): Promise<void> {
  if (isObserved) await condition(hasNews);
  else await condition(hasNews, ms, { summary: "whether it was decided meanwhile" });
}
