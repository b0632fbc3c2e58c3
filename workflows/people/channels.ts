import {
  ActivityFailure,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { channelCheckMs, type MemberReturn } from "../../domain/people/channels.ts";
import { addMs, hourMs, instant, minuteMs, toMs } from "../../domain/time.ts";
import { showStage } from "../operator-view.ts";
import { checkNow, memberReturned } from "../signals.ts";
import { externalUntil, longPass } from "../steps/people.ts";

const longestHistoryEvents = 1_000;

/** The pause after Telegram, or the database, was away for an hour. */
const pauseAfterFailureMs = 10 * minuteMs;

/** Where a check of all members stands; the next run goes on there. */
export interface ChannelsUnderWay {
  /** When all members are checked again; undefined: the shop requires no channels. */
  readonly fullAtMs?: number;
  /** Where a check that has begun goes on. */
  readonly after?: string;
  /** When the next grace of somebody who has left ends. */
  readonly graceEndsAtMs?: number;
  readonly returned: readonly MemberReturn[];
}

/**
 * Once a day checks that the customers who have access are in the channels that the shop requires,
 * and when their grace ends those who have left. Customers who say that they are back are looked at
 * at once, also while a check runs. Without channels it sleeps, without a timer, until `checkNow`
 * tells it that the setting has changed.
 */
export async function channels(underWay?: ChannelsUnderWay): Promise<never> {
  const returned = [...(underWay?.returned ?? [])];
  const plan = new CheckPlan(underWay ?? { fullAtMs: Date.now(), returned: [] });
  const running = new Set<"check" | MemberReturn>();
  const begin = (what: "check" | MemberReturn, work: () => Promise<void>) => {
    running.add(what);
    void work().finally(() => running.delete(what));
  };
  setHandler(memberReturned, (it) => void returned.push(it));
  setHandler(checkNow, () => plan.beginAnew());
  for (;;) {
    if (workflowInfo().historyLength > longestHistoryEvents) {
      await condition(() => running.size === 0);
      await continueAsNew<typeof channels>({ ...plan.read(), returned });
    }
    for (const request of returned.splice(0)) begin(request, () => answer(request));
    const mayCheck = () => !running.has("check");
    if (mayCheck() && plan.isDue()) begin("check", () => plan.check());
    // What a check finds while this waits may be due earlier.
    const version = plan.version;
    const hasNews = () =>
      returned.length > 0 || (mayCheck() && (plan.isDue() || plan.version !== version));
    const waitMs = mayCheck() ? plan.restMs() : undefined;
    if (waitMs === undefined) await condition(hasNews);
    else await condition(hasNews, waitMs, { summary: "until the next check of channels" });
  }
}

/** When the members are checked, and from where on. */
class CheckPlan {
  /** Changes whenever the plan does. */
  version = 0;
  #fullAtMs: number | undefined;
  #after: string | undefined;
  #graceEndsAtMs: number | undefined;
  /** A setting has changed: a part of a check that still runs is about the former channels. */
  #isAnew = false;

  constructor({ fullAtMs, after, graceEndsAtMs }: ChannelsUnderWay) {
    this.#fullAtMs = fullAtMs;
    this.#after = after;
    this.#graceEndsAtMs = graceEndsAtMs;
  }

  read(): Omit<ChannelsUnderWay, "returned"> {
    return {
      ...(this.#fullAtMs === undefined ? {} : { fullAtMs: this.#fullAtMs }),
      ...(this.#after === undefined ? {} : { after: this.#after }),
      ...(this.#graceEndsAtMs === undefined ? {} : { graceEndsAtMs: this.#graceEndsAtMs }),
    };
  }

  /** Checks all members now. */
  beginAnew(): void {
    this.#isAnew = true;
    this.#fullAtMs = Date.now();
    this.#after = undefined;
    this.version += 1;
  }

  isDue(): boolean {
    return this.#after !== undefined || (this.restMs() ?? 1) <= 0;
  }

  /** How long until a check is due; undefined: none will be. */
  restMs(): number | undefined {
    if (this.#fullAtMs === undefined) return undefined;
    return Math.min(this.#fullAtMs, this.#graceEndsAtMs ?? Infinity) - Date.now();
  }

  /** Does the next part of the check that is due. */
  async check(): Promise<void> {
    const beganMs = Date.now();
    const isFull = this.#after !== undefined || (this.#fullAtMs ?? 0) <= beganMs;
    const after = this.#after;
    this.#isAnew = false;
    showStage("checking", "Asks Telegram who is in the channels");
    try {
      const scope = isFull
        ? ({ kind: "all", ...(after === undefined ? {} : { after }) } as const)
        : ({ kind: "left" } as const);
      const checked = await longPass.checkMembers(scope, instant(beganMs));
      if (this.#isAnew) return;
      this.#takeResult(checked, isFull, beganMs);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.#fullAtMs = Date.now() + pauseAfterFailureMs;
      this.#after = undefined;
      this.#graceEndsAtMs = undefined;
      showStage("failing", "The members cannot be checked: the worker's log says why");
    } finally {
      this.version += 1;
    }
  }

  #takeResult(
    checked: Awaited<ReturnType<typeof longPass.checkMembers>>,
    isFull: boolean,
    beganMs: number,
  ): void {
    if (checked.kind === "off") {
      this.#fullAtMs = undefined;
      this.#after = undefined;
      this.#graceEndsAtMs = undefined;
      return showStage("off", "The shop requires no channels");
    }
    const { after, graceEndsAt } = checked;
    if (isFull) {
      // A check of many parts began with its first: the next one is a day after the last.
      this.#fullAtMs = beganMs + channelCheckMs;
      this.#after = after;
    }
    this.#graceEndsAtMs = graceEndsAt === undefined ? undefined : toMs(graceEndsAt);
    if (after === undefined) {
      const nextMs = Math.min(this.#fullAtMs ?? Infinity, this.#graceEndsAtMs ?? Infinity);
      showStage("waiting", `The next check: ${instant(nextMs)}`);
    }
  }
}

/** The customer presses again where Telegram was away for an hour. */
async function answer(request: MemberReturn): Promise<void> {
  try {
    const now = instant(Date.now());
    await externalUntil(addMs(now, hourMs)).checkReturn(request, now);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}
