import {
  ActivityFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type {
  GatewayAnswer,
  ReconciliationActivities,
} from "../activities/operations/reconciliation.ts";
import type { GatewayTrouble } from "../domain/operations/reconciliation.ts";
import type { GatewayName } from "../domain/payments/payment.ts";
import { searchAttributes } from "./contract/names.ts";
import { checkNow, pause, resume } from "./signals.ts";
import { beside, loop } from "./steps/reconcilers.ts";

/** What a run hands on to the next one. */
export interface GatewayState {
  readonly isPaused: boolean;
  /** What operators are shown now. */
  readonly troubles: readonly GatewayTrouble[];
}

/** A history is handed on well before anything grows slow over it. */
const mostEvents = 800;

/** The loop: whatever ends it, another worker has it within the second, and after a kill within the heartbeat. */
const { reconcileGateway } = proxyActivities<ReconciliationActivities>({
  summary: "keeps the gateway equal to the books",
  ...loop,
});

const { wakeGateway } = proxyActivities<ReconciliationActivities>({
  summary: "has a pass made now",
  ...beside,
});

const details: Readonly<Record<GatewayTrouble, string>> = {
  refused: "The gateway refuses us: check its keys.",
  away: "The gateway has not answered for ten minutes or more.",
  quarantine: "Something is put aside: see the table quarantine. It is tried again by itself.",
};

/**
 * The reconciler of one gateway: its statement, or its invoices one by one, are read into the books for as long as
 * the gateway is configured. It ends only when it is not any more.
 */
export async function gateway(
  name: GatewayName,
  { isPaused, troubles }: GatewayState = { isPaused: false, troubles: [] },
): Promise<void> {
  const story = new GatewayRun(name, isPaused, troubles);
  setHandler(pause, () => story.pause());
  setHandler(resume, () => story.resume());
  setHandler(checkNow, () => story.checkNow());
  upsertSearchAttributes([{ key: searchAttributes.gateway, value: name }]);
  if (await story.run()) await continueAsNew<typeof gateway>(name, story.state);
}

class GatewayRun {
  readonly #name: GatewayName;
  #isPaused: boolean;
  #troubles: readonly GatewayTrouble[];
  #checks = 0;

  constructor(name: GatewayName, isPaused: boolean, troubles: readonly GatewayTrouble[]) {
    this.#name = name;
    this.#isPaused = isPaused;
    this.#troubles = troubles;
  }

  get state(): GatewayState {
    return { isPaused: this.#isPaused, troubles: this.#troubles };
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  checkNow(): void {
    this.#checks += 1;
  }

  /** @returns true when another run is to go on; false: the gateway is not configured any more. */
  async run(): Promise<boolean> {
    if (!this.#isPaused) this.#show("", this.#troubles);
    while (!isFull()) {
      if (this.#isPaused) {
        setCurrentDetails("Paused: nothing is read until it is resumed");
        await condition(() => !this.#isPaused || isFull());
        continue;
      }
      const answer = await this.#reconcile();
      if (answer === "notConfigured") {
        this.#show("Not configured any more", []);
        return false;
      }
      if (answer !== undefined) this.#show(answer.reason, answer.troubles);
    }
    return true;
  }

  /** The loop, until it answers, is to be paused, or this run is full: then undefined. */
  async #reconcile(): Promise<GatewayAnswer | undefined> {
    const scope = new CancellationScope();
    const loop = scope.run(() => reconcileGateway(this.#name, this.#troubles));
    const ended = loop.then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    for (;;) {
      const isCalled = () => this.#isPaused || this.#checks > 0 || isFull();
      const end = await Promise.race([ended, condition(isCalled)]);
      if (typeof end === "object") return answerOrAnew(end);
      if (this.#isPaused || isFull()) {
        scope.cancel();
        return answerIn(await ended);
      }
      this.#checks = 0;
      await wakeGateway(this.#name);
    }
  }

  /** Once for each change: what is shown already costs no event. */
  #show(reason: string, troubles: readonly GatewayTrouble[]): void {
    if (troubles.length > 0 || this.#troubles.length > 0) {
      upsertSearchAttributes([{ key: searchAttributes.needsHuman, value: troubles.length > 0 }]);
    }
    this.#troubles = troubles;
    const lines = troubles.map((trouble) => details[trouble]);
    setCurrentDetails([...lines, reason].filter(Boolean).join("\n\n") || "All is well");
  }
}

type End = { readonly answer: GatewayAnswer } | { readonly error: unknown };

/** A loop that is being cancelled may also end by its worker's death: then nobody tries it again. */
function answerIn(end: End): GatewayAnswer | undefined {
  if ("answer" in end) return end.answer;
  if (isCancellation(end.error) || end.error instanceof ActivityFailure) return undefined;
  throw end.error;
}

/** It is tried again without end, so a failure is nothing that we foresaw: it begins anew, but not in a rush. */
async function answerOrAnew(end: End): Promise<GatewayAnswer | undefined> {
  const answer = answerIn(end);
  if (answer === undefined) await sleep("10s", { summary: "begins anew" });
  return answer;
}

const isFull = (): boolean => {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return historyLength > mostEvents || continueAsNewSuggested;
};
