import { continueAsNew, workflowInfo } from "@temporalio/workflow";
import type { CustomerId, TelegramId } from "../domain/ids.ts";
import type { Challenge } from "../domain/people/captcha.ts";
import type { SignupOutcome, SignupPolicy } from "../domain/people/signup.ts";
import type { ApprovalAnswer, CaptchaAnswer, Opened } from "./contract/people.ts";
import type { signup } from "./signup.ts";
import { localDb } from "./steps/people.ts";

/** Somebody who presses Start all day has a signup of several runs. */
const longestHistoryEvents = 1_000;

/** Whose signup it is. `story` names it in keys of messages: the press of Start that began it. */
export interface Newcomer {
  readonly telegramId: TelegramId;
  readonly customerId: CustomerId;
  readonly policy: SignupPolicy;
  readonly story: string;
}

/** What is waited for. A run goes on from there where another one ended. */
export type Place =
  | { readonly kind: "captcha"; readonly challenge: Challenge; readonly untilMs: number }
  | { readonly kind: "cooldown"; readonly untilMs: number }
  | { readonly kind: "approval" }
  | { readonly kind: "access" };

export interface Ended {
  readonly kind: "ended";
  readonly outcome: SignupOutcome;
}

export const ended = (outcome: SignupOutcome): Ended => ({ kind: "ended", outcome });

/** What this signup was told and has not acted on yet. */
export interface PendingSignals {
  opened?: Opened | undefined;
  answers: CaptchaAnswer[];
  approval?: ApprovalAnswer | undefined;
}

/** What a run goes on with that another one, or whoever asked for it, has left to it. */
export interface SignupUnderWay {
  readonly newcomer: Newcomer;
  readonly place: Place;
  readonly pending?: PendingSignals;
}

/** A wait at a place. */
export interface Waiting<Where extends Place = Place> {
  readonly newcomer: Newcomer;
  readonly place: Where;
  readonly pending: PendingSignals;
}

export type At<Kind extends Place["kind"]> = Waiting<Extract<Place, { kind: Kind }>>;

/** Ends a run that has become long; the next one waits at the same place. */
export async function renewIfLong({ newcomer, place, pending }: Waiting): Promise<void> {
  if (workflowInfo().historyLength <= longestHistoryEvents) return;
  await continueAsNew<typeof signup>(newcomer.telegramId, { newcomer, place, pending });
}

export const say = (
  { telegramId }: Newcomer,
  notice: Parameters<typeof localDb.say>[1],
  placed: Parameters<typeof localDb.say>[2],
): Promise<void> => localDb.say(telegramId, notice, placed);

/** What a press of Start is answered under, so that it is answered once. */
export const startKey = (it: Opened | undefined): string | undefined =>
  it && `start/${it.requestId}`;
