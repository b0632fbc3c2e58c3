import { type ChildWorkflowHandle, condition } from "@temporalio/workflow";
import type { approval } from "./approval.ts";
import { ignoreStarted } from "./other-workflows.ts";

/** A question that is put to the admins by a workflow of its own, which answers by a signal. */
export interface Question {
  /** It has ended, with or without an answer. */
  isOver: boolean;
  /** False: an earlier run has begun it, and its end is not heard here. */
  readonly isWatched: boolean;
}

/** Watches the question that `starting` begins; one that is asked already is that question. */
export async function watchQuestion(
  starting: Promise<ChildWorkflowHandle<typeof approval>>,
): Promise<Question> {
  const question = { isOver: false, isWatched: true };
  try {
    const child = await starting;
    const end = () => void (question.isOver = true);
    void child.result().then(end, end);
    return question;
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
  { isWatched }: Question,
  hasNews: () => boolean,
  ms: number,
): Promise<void> {
  if (isWatched) await condition(hasNews);
  else await condition(hasNews, ms, { summary: "whether it was decided meanwhile" });
}
