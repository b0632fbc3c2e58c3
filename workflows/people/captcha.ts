import { condition, sleep } from "@temporalio/workflow";
import { captchaRules, type Challenge, drawChallenge, judge } from "../../domain/people/captcha.ts";
import { minuteMs, secondMs } from "../../domain/time.ts";
import type { CaptchaAnswer } from "../contract/people.ts";
import {
  type AtStage,
  ended,
  type Newcomer,
  renewIfLong,
  sendNotice,
  type SignupEnd,
  type SignupStage,
  startKey,
} from "./newcomer.ts";
import { showStage } from "../operator-view.ts";
import type { localDb } from "../steps/people.ts";

/** When a question asked now lapses, in Unix milliseconds. */
export const lapsesAt = (): number => Date.now() + captchaRules.lapseMs;

/** The slot of one round's question in the chat; `requestId` is the newcomer's. */
export const slotOf = (requestId: string, { round }: Challenge): string =>
  `captcha/${requestId}/${round}`;

/**
 * One round: a right answer continues the signup, a wrong one leads to the next question or, after
 * the last try, to a pause.
 */
export async function passCaptcha(waiting: AtStage<"captcha">): Promise<SignupStage | SignupEnd> {
  const { newcomer, place } = waiting;
  const { challenge } = place;
  const { round, wanted } = challenge;
  showStage("captcha", `Waiting for the person to press "${wanted}" (try ${round})`);
  const answer = await awaitAnswer(waiting);
  const verdict = answer && judge(challenge, answer.round, answer.choice);
  switch (verdict?.kind) {
    case undefined: {
      const key = `${slotOf(newcomer.requestId, challenge)}/lapsed`;
      await sendNotice(newcomer, { kind: "captchaLapsed" }, { key });
      return ended({ kind: "lapsed", at: "captcha" });
    }
    case "right":
      return newcomer.asksChannels
        ? { kind: "channels", slot: slotOf(newcomer.requestId, challenge), untilMs: lapsesAt() }
        : goOn(newcomer, slotOf(newcomer.requestId, challenge));
    case "failed":
      return { kind: "cooldown", untilMs: Date.now() + captchaRules.cooldownMs };
    case "wrong":
      return askAgain(newcomer, challenge, verdict.pauseMs);
  }
}

/** The stage after the captcha and the channels; `slot` is the message that then says so. */
export async function goOn(newcomer: Newcomer, slot: string): Promise<SignupStage> {
  if (newcomer.policy.autoApprove) {
    await editSlot(newcomer, slot, { kind: "captchaRight" });
    return { kind: "access" };
  }
  await editSlot(newcomer, slot, { kind: "waitingForApproval" });
  return { kind: "approval" };
}

async function askAgain(
  newcomer: Newcomer,
  wrong: Challenge,
  pauseMs: number,
): Promise<SignupStage> {
  const triesLeft = captchaRules.tries - wrong.round;
  const pauseSeconds = pauseMs / secondMs;
  await edit(newcomer, wrong, { kind: "captchaWrong", pauseSeconds, triesLeft });
  await sleep(pauseMs, { summary: "pause after a wrong answer" });
  const challenge = drawChallenge(wrong.round + 1, Math.random);
  const slot = slotOf(newcomer.requestId, challenge);
  await sendNotice(newcomer, { kind: "captchaAsked", challenge }, { key: slot, slot });
  return { kind: "captcha", challenge, untilMs: lapsesAt() };
}

type Notice = Parameters<typeof localDb.sendNotice>[1];

const edit = (newcomer: Newcomer, challenge: Challenge, notice: Notice): Promise<void> =>
  editSlot(newcomer, slotOf(newcomer.requestId, challenge), notice);

const editSlot = (newcomer: Newcomer, slot: string, notice: Notice): Promise<void> =>
  sendNotice(newcomer, notice, { key: `${slot}/${notice.kind}`, slot, action: "edit" });

/** Pauses before the person may start again, and says so whenever they press Start. */
export async function coolDown(waiting: AtStage<"cooldown">): Promise<SignupEnd> {
  const { newcomer, place, pending } = waiting;
  showStage("cooldown", "Out of tries: the person may begin again after a pause");
  for (;;) {
    const leftMs = place.untilMs - Date.now();
    if (leftMs <= 0) return ended({ kind: "captchaFailed" });
    const key = startKey(pending.opened) ?? `captcha/${newcomer.requestId}/failed`;
    pending.opened = undefined;
    const pauseMinutes = Math.ceil(leftMs / minuteMs);
    await sendNotice(newcomer, { kind: "captchaFailed", pauseMinutes }, { key });
    await renewIfLong(waiting);
    const waitMs = Math.max(1, place.untilMs - Date.now());
    const summary = "pause after the last wrong answer";
    await condition(() => pending.opened !== undefined, waitMs, { summary });
  }
}

/**
 * Waits for the answer to a question, and asks it again whenever the person presses Start.
 * Undefined: no answer for a day.
 */
async function awaitAnswer(waiting: AtStage<"captcha">): Promise<CaptchaAnswer | undefined> {
  const { newcomer, place, pending } = waiting;
  const { challenge, untilMs } = place;
  const isAnswer = ({ round }: CaptchaAnswer) => round === challenge.round;
  for (;;) {
    const hasNews = () => pending.opened !== undefined || pending.answers.some(isAnswer);
    await condition(hasNews, Math.max(1, untilMs - Date.now()), { summary: "captcha lapses" });
    const answer = pending.answers.find(isAnswer);
    pending.answers = [];
    const { opened } = pending;
    const key = startKey(opened);
    pending.opened = undefined;
    if (answer !== undefined || key === undefined) return answer;
    const slot = slotOf(newcomer.requestId, challenge);
    const { asked, askedBefore = [] } = (challenge.round === 1 && opened) || {};
    for (const sentAs of askedBefore) {
      const place = { key: `${key}/asked/${sentAs}`, slot, sentAs };
      await sendNotice(newcomer, { kind: "captchaAsked", challenge }, place);
    }
    const messagePlace = { key, slot, ...(asked === undefined ? {} : { sentAs: asked }) };
    await sendNotice(newcomer, { kind: "captchaAsked", challenge }, messagePlace);
    await renewIfLong(waiting);
  }
}
