import { continueAsNew, workflowInfo } from "@temporalio/workflow";
import type { CustomerId, TelegramId } from "../../domain/ids.ts";
import type { Challenge } from "../../domain/people/captcha.ts";
import type { JoinPress } from "../../domain/people/channels.ts";
import type { SignupOutcome, SignupPolicy } from "../../domain/people/signup.ts";
import type { ApprovalAnswer, CaptchaAnswer, StartPress } from "../contract/people.ts";
import { localDb } from "../steps/people.ts";

/** A person who presses Start all day has a signup of several runs. */
const longestHistoryEvents = 1_000;

/**
 * The person of a signup. `requestId` identifies the signup in keys of messages: it is the press of
 * Start that began it.
 */
export interface Newcomer {
  readonly telegramId: TelegramId;
  readonly customerId: CustomerId;
  readonly policy: SignupPolicy;
  readonly requestId: string;
  /** They have to be in the shop's channels before they are admitted. */
  readonly asksChannels?: true;
}

/** The stage of a signup, at which the next run continues. */
export type SignupStage =
  | { readonly kind: "captcha"; readonly challenge: Challenge; readonly untilMs: number }
  | { readonly kind: "cooldown"; readonly untilMs: number }
  /** `slot`: where the captcha was answered. */
  | { readonly kind: "channels"; readonly slot: string; readonly untilMs: number }
  | { readonly kind: "approval" }
  | { readonly kind: "access" };

/** The last stage: the signup is over. */
export interface SignupEnd {
  readonly kind: "ended";
  readonly outcome: SignupOutcome;
}

/** The last stage of a signup that has come to `outcome`: `admit` then returns the outcome. */
export const ended = (outcome: SignupOutcome): SignupEnd => ({ kind: "ended", outcome });

/**
 * Keeps the last press of Start, with the questions that the bot asked at those before it and the
 * first of their payloads: a person's inviter is the one of their first Start.
 */
export function joinPresses(before: StartPress | undefined, last: StartPress): StartPress {
  if (before === undefined) return last;
  const { asked, askedBefore = [], payload = last.payload, asCustomer } = before;
  const all = asked === undefined ? askedBefore : [...askedBefore, asked];
  return {
    ...last,
    ...(payload === undefined ? {} : { payload }),
    ...(asCustomer === undefined ? {} : { asCustomer }),
    ...(all.length === 0 ? {} : { askedBefore: all }),
  };
}

/** Signals that this signup has not handled yet. */
export interface PendingSignals {
  opened?: StartPress | undefined;
  answers: CaptchaAnswer[];
  joined?: JoinPress | undefined;
  approval?: ApprovalAnswer | undefined;
}

/** The state that another run, or an approval, hands to this run. */
export interface SignupUnderWay {
  readonly newcomer: Newcomer;
  readonly place: SignupStage;
  readonly pending?: PendingSignals;
}

/** The type of the workflow `signup`, which its stages start anew without importing it. */
export type SignupWorkflow = (
  telegramId: TelegramId,
  underWay?: SignupUnderWay,
) => Promise<SignupOutcome>;

/** A signup that waits at one stage. */
export interface SignupWait<Where extends SignupStage = SignupStage> {
  readonly newcomer: Newcomer;
  readonly place: Where;
  readonly pending: PendingSignals;
}

/** A signup that waits at a stage of this kind. */
export type AtStage<Kind extends SignupStage["kind"]> = SignupWait<
  Extract<SignupStage, { kind: Kind }>
>;

/** Starts a new run at the same stage if the history is long. */
export async function renewIfLong({ newcomer, place, pending }: SignupWait): Promise<void> {
  if (workflowInfo().historyLength <= longestHistoryEvents) return;
  await continueAsNew<SignupWorkflow>(newcomer.telegramId, { newcomer, place, pending });
}

/** Writes one notice to the newcomer. */
export const sendNotice = (
  { telegramId }: Newcomer,
  notice: Parameters<typeof localDb.sendNotice>[1],
  place: Parameters<typeof localDb.sendNotice>[2],
): Promise<void> => localDb.sendNotice(telegramId, notice, place);

/** The key of the answer to a press of Start, by which it is answered once. */
export const startKey = (it: StartPress | undefined): string | undefined =>
  it && `start/${it.requestId}`;
