import {
  condition,
  continueAsNew,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { startEndlessLoop } from "../endless-loop.ts";
import { checkNow, isServed, pause, resume } from "../signals.ts";
import { loop, type MessageSteps, shortStep } from "../steps/reconcilers.ts";

/** Below the limit of a thousand events, leaving room for one more turn. */
const longHistory = 900;

const { sendMessages } = proxyActivities<MessageSteps>({
  summary: "sends messages to people",
  ...loop,
});

const { wakeSender } = proxyActivities<MessageSteps>({
  summary: "makes the sender look at once",
  ...shortStep,
  retry: { maximumAttempts: 2 },
});

interface State {
  isPaused: boolean;
  isCheckWanted: boolean;
}

/** The reconciler of the outbox: sends messages without end, except while it is paused. */
export async function messages(start: { readonly isPaused?: boolean } = {}): Promise<void> {
  const state: State = { isPaused: start.isPaused ?? false, isCheckWanted: false };
  setHandler(isServed, () => true);
  setHandler(checkNow, () => void (state.isCheckWanted = true));
  setHandler(pause, () => void (state.isPaused = true));
  setHandler(resume, () => void (state.isPaused = false));
  while (!isLong()) {
    if (state.isPaused) {
      setCurrentDetails("Paused: nothing is sent until the signal `resume`.");
      await condition(() => !state.isPaused || isLong());
    } else {
      setCurrentDetails("Sends messages to people.");
      await send(state);
    }
  }
  await continueAsNew<typeof messages>({ isPaused: state.isPaused });
}

const isLong = (): boolean =>
  workflowInfo().historyLength >= longHistory || workflowInfo().continueAsNewSuggested;

/** Runs the sender until its day is over, it is paused or the history is long. */
async function send(state: State): Promise<void> {
  const sender = startEndlessLoop(sendMessages);
  const isEnough = () => sender.hasEnded() || state.isPaused || isLong();
  while (!isEnough()) {
    await condition(() => isEnough() || state.isCheckWanted);
    if (!state.isCheckWanted) continue;
    state.isCheckWanted = false;
    await wakeSender().catch((error: unknown) => {
      log.warn("the sender could not be woken", { reason: String(error) });
    });
  }
  await sender.end();
}
