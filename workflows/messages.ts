import {
  ActivityFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import type { MessageActivities } from "../activities/messaging/messages.ts";
import { checkNow, isServed, pause, resume } from "./signals.ts";
import { beside, loop } from "./steps/reconcilers.ts";

/** Below the thousand events that a loop may have, with what one turn adds. */
const longHistory = 900;

const { sendMessages } = proxyActivities<MessageActivities>({
  summary: "sends what people are told",
  ...loop,
});

const { wakeSender } = proxyActivities<MessageActivities>({
  summary: "makes the sender look at once",
  ...beside,
  retry: { maximumAttempts: 2 },
});

interface State {
  isPaused: boolean;
  isCheckWanted: boolean;
}

/** The reconciler of what people are told: sends for ever, but while it is paused. */
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
      setCurrentDetails("Sends what people are told.");
      await send(state);
    }
  }
  await continueAsNew<typeof messages>({ isPaused: state.isPaused });
}

const isLong = (): boolean =>
  workflowInfo().historyLength >= longHistory || workflowInfo().continueAsNewSuggested;

/** One stretch of sending: until its day is over, a pause, or a history that is long. */
function send(state: State): Promise<void> {
  return CancellationScope.cancellable(async () => {
    let isOver = false;
    const sending = sendMessages().finally(() => void (isOver = true));
    const isEnough = () => isOver || state.isPaused || isLong();
    while (!isEnough()) {
      await condition(() => isEnough() || state.isCheckWanted);
      if (!state.isCheckWanted) continue;
      state.isCheckWanted = false;
      await wakeSender().catch((error: unknown) => {
        log.warn("the sender could not be woken", { reason: String(error) });
      });
    }
    const isEnded = !isOver;
    if (isEnded) CancellationScope.current().cancel();
    await sending.catch((error: unknown) => goOn(error, isEnded));
  });
}

/**
 * A loop that is being ended may also end by its worker's death: then nobody tries it again. Else it is tried again
 * without end, so a failure is nothing that we foresaw: it begins anew, but not in a rush.
 */
async function goOn(error: unknown, isEnded: boolean): Promise<void> {
  if (isCancellation(error)) return;
  if (!(error instanceof ActivityFailure)) throw error;
  if (!isEnded) await sleep("10s", { summary: "begins anew" });
}
