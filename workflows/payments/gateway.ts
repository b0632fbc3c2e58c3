import {
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { GatewayTrouble } from "../../domain/operations/reconciliation.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import { searchAttributes } from "../contract/names.ts";
import { startEndlessLoop } from "../endless-loop.ts";
import { checkNow, pause, resume } from "../signals.ts";
import { type GatewayAnswer, type GatewaySteps, loop, shortStep } from "../steps/reconcilers.ts";

/** The state that a run hands to the next one. */
export interface GatewayState {
  readonly isPaused: boolean;
  /** The troubles that operators are shown now. */
  readonly troubles: readonly GatewayTrouble[];
}

/** A new run starts well before the history slows anything down. */
const mostEvents = 800;

/**
 * The loop: when it ends, another worker has it within a second, or within the heartbeat timeout
 * after a kill.
 */
const { reconcileGateway } = proxyActivities<GatewaySteps>({
  summary: "keeps the gateway equal to the books",
  ...loop,
});

const { wakeGateway } = proxyActivities<GatewaySteps>({
  summary: "has a pass made now",
  ...shortStep,
});

const details: Readonly<Record<GatewayTrouble, string>> = {
  refused: "The gateway refuses us: check its keys.",
  away: "The gateway has not answered for ten minutes or more.",
  quarantine: "Something is put aside: see the table quarantine. It is tried again by itself.",
};

/**
 * The reconciler of one gateway: reads its statement, or looks up its invoices one by one, until
 * the gateway is no longer configured.
 */
export async function gateway(
  name: GatewayName,
  { isPaused, troubles }: GatewayState = { isPaused: false, troubles: [] },
): Promise<void> {
  const run = new GatewayRun(name, isPaused, troubles);
  setHandler(pause, () => run.pause());
  setHandler(resume, () => run.resume());
  setHandler(checkNow, () => run.checkNow());
  upsertSearchAttributes([{ key: searchAttributes.gateway, value: name }]);
  if (await run.run()) await continueAsNew<typeof gateway>(name, run.state);
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

  /** @returns true: start another run; false: the gateway is no longer configured. */
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

  /** Runs the loop until it returns; undefined: a pause or a full history ended it. */
  async #reconcile(): Promise<GatewayAnswer | undefined> {
    const loop = startEndlessLoop(() => reconcileGateway(this.#name, this.#troubles));
    const isOver = () => loop.hasEnded() || this.#isPaused || isFull();
    for (;;) {
      await condition(() => isOver() || this.#checks > 0);
      if (isOver()) return loop.end();
      this.#checks = 0;
      await wakeGateway(this.#name);
    }
  }

  /** Writes changes only: repeating what is shown would add events. */
  #show(reason: string, troubles: readonly GatewayTrouble[]): void {
    if (troubles.length > 0 || this.#troubles.length > 0) {
      upsertSearchAttributes([{ key: searchAttributes.needsHuman, value: troubles.length > 0 }]);
    }
    this.#troubles = troubles;
    const lines = troubles.map((trouble) => details[trouble]);
    setCurrentDetails([...lines, reason].filter(Boolean).join("\n\n") || "All is well");
  }
}

const isFull = (): boolean => {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return historyLength > mostEvents || continueAsNewSuggested;
};
