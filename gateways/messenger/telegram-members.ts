import { type Telegram, TelegramError } from "telegraf";
import type { TelegramId } from "../../domain/ids.ts";
import { Refused } from "../refused.ts";
import type { Membership, OwnRole } from "./port.ts";
import { callTelegram, refusal } from "./telegram-call.ts";

/** The fields of Telegram's `ChatMember` that decide. */
interface ChatMember {
  readonly status: string;
  /** Of somebody who is restricted: whether they are in the chat. */
  readonly is_member?: boolean;
}

/**
 * Whether a person is in a channel.
 * @see https://core.telegram.org/bots/api#getchatmember
 * @throws Refused when Telegram does not know the channel, or does not show the bot its members.
 * @throws SlowDown when it asks us to wait.
 * @throws Error on an outage.
 */
export async function findMembership(
  telegram: Telegram,
  channel: string,
  person: TelegramId,
): Promise<Membership> {
  try {
    const member = await getChatMember(telegram, channel, person);
    return isInside(member) ? "member" : "absent";
  } catch (error) {
    if (isUnknownPerson(error)) return "absent";
    throw error instanceof TelegramError ? refusal(error) : error;
  }
}

/**
 * What the bot is in a channel.
 * @throws Refused when Telegram does not know the channel, or the bot is not in it.
 */
export async function findOwnRole(telegram: Telegram, channel: string): Promise<OwnRole> {
  try {
    const { id } = (await callTelegram(telegram, "getMe", {})) as { readonly id: number };
    const member = await getChatMember(telegram, channel, id);
    if (!isInside(member)) throw new Refused(`the bot is not a member of ${channel}`);
    return managing.has(member.status) ? "administrator" : "member";
  } catch (error) {
    throw error instanceof TelegramError ? refusal(error) : error;
  }
}

const getChatMember = async (
  telegram: Telegram,
  channel: string,
  user_id: number,
): Promise<ChatMember> =>
  (await callTelegram(telegram, "getChatMember", {
    chat_id: channel.startsWith("@") ? channel : Number(channel),
    user_id,
  })) as ChatMember;

const managing = new Set(["creator", "administrator"]);

function isInside({ status, is_member: isMember }: ChatMember): boolean {
  if (status === "restricted") return isMember === true;
  return status === "member" || managing.has(status);
}

/** Telegram's words for somebody who was never in the chat. */
const isUnknownPerson = (error: unknown): boolean =>
  error instanceof TelegramError &&
  error.response.error_code === 400 &&
  /user not found|PARTICIPANT_ID_INVALID/iu.test(error.response.description);
