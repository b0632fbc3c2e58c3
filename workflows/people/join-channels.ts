import { ActivityFailure, condition } from "@temporalio/workflow";
import type { RequiredChannel } from "../../domain/people/channels.ts";
import { instant } from "../../domain/time.ts";
import { showStage } from "../operator-view.ts";
import { externalUntil } from "../steps/people.ts";
import { goOn } from "./captcha.ts";
import {
  type AtStage,
  ended,
  renewIfLong,
  sendNotice,
  type SignupEnd,
  type SignupStage,
  startKey,
} from "./newcomer.ts";

/** Why the channels are looked up: it names the answer, so that each press is answered once. */
interface Look {
  readonly key: string;
  /** A press of Start is answered by a message of its own; anything else in the captcha's place. */
  readonly action: "send" | "edit";
  readonly isAgain?: true;
}

/**
 * Goes on once the person is in all channels of the shop. Whoever is not is told which are missing,
 * and looked up again at each press; nobody waits longer than for the captcha.
 */
export async function joinChannels(waiting: AtStage<"channels">): Promise<SignupStage | SignupEnd> {
  const { newcomer, place } = waiting;
  showStage("channels", "The person has to join the shop's channels");
  let look: Look = { key: `${place.slot}/channels`, action: "edit" };
  for (;;) {
    const channels = await lookUp(waiting);
    if (channels?.length === 0) return goOn(newcomer, place.slot);
    if (channels !== undefined) {
      const { key, action, isAgain } = look;
      const notice = { kind: "channelsMissing", channels, ...(isAgain && { isAgain }) } as const;
      await sendNotice(newcomer, notice, { key, slot: place.slot, action });
      await renewIfLong(waiting);
    }
    const next = channels && (await awaitPress(waiting));
    if (next === undefined) {
      const key = `${place.slot}/channelsLapsed`;
      await sendNotice(newcomer, { kind: "channelsLapsed" }, { key });
      return ended({ kind: "lapsed", at: "channels" });
    }
    look = next;
  }
}

/** Undefined: Telegram could not be asked in time. Nobody is let in unchecked. */
async function lookUp({
  newcomer,
  place,
}: AtStage<"channels">): Promise<readonly RequiredChannel[] | undefined> {
  try {
    const { findMissingChannels } = externalUntil(instant(place.untilMs));
    return await findMissingChannels(newcomer.telegramId, instant(Date.now()));
  } catch (error) {
    if (error instanceof ActivityFailure) return undefined;
    throw error;
  }
}

/** Waits for a press of "I have joined", or of Start. Undefined: neither came in time. */
async function awaitPress({ place, pending }: AtStage<"channels">): Promise<Look | undefined> {
  const hasNews = () => pending.joined !== undefined || pending.opened !== undefined;
  const waitMs = Math.max(1, place.untilMs - Date.now());
  await condition(hasNews, waitMs, { summary: "the wait for the channels lapses" });
  const { joined } = pending;
  const started = startKey(pending.opened);
  pending.joined = undefined;
  pending.opened = undefined;
  if (started !== undefined) return { key: started, action: "send" };
  if (joined === undefined) return undefined;
  return { key: `${place.slot}/joined/${joined.requestId}`, action: "edit", isAgain: true };
}
