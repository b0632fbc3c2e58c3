import type { TelegramId } from "../ids.ts";
import { addMs, dayMs, type Instant, toMs } from "../time.ts";

/** A channel or group of which customers have to be members. */
export interface RequiredChannel {
  /** How Telegram names it: `@username`, or the number of a private one. */
  readonly chat: string;
  /** The page by which people join it. */
  readonly url: string;
}

/** The most channels that a shop may require. */
export const mostChannels = 5;

const usernames = /^(?:@|https:\/\/t\.me\/)([a-z]\w{3,31})$/iu;
const numbers =
  /^(-100\d{5,13})\s+(https:\/\/t\.me\/(?:(?:\+|joinchat\/)[\w-]{8,64}|[a-z]\w{3,31}))$/iu;

/**
 * Channels as an owner writes them, separated by commas or new lines: `@username`, its page, or the
 * number with an invite link. Returned as they are stored, one a line; undefined where one of them
 * cannot be read, comes twice, or there are more than five.
 */
export function parseChannels(text: string): string | undefined {
  const entries = text
    .split(/[\n,;]+/u)
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(entryOf);
  if (entries.length > mostChannels || entries.includes(undefined)) return undefined;
  const chats = entries.map((entry) => entry?.split(" ")[0]?.toLowerCase());
  return new Set(chats).size === chats.length ? entries.join("\n") : undefined;
}

function entryOf(text: string): string | undefined {
  const username = usernames.exec(text)?.[1];
  if (username !== undefined) return `@${username}`;
  const [, number, link] = numbers.exec(text) ?? [];
  return number === undefined ? undefined : `${number} ${link}`;
}

/** The channels of a value that `parseChannels` has accepted. */
export const channelsIn = (stored: string): RequiredChannel[] =>
  stored
    .split("\n")
    .filter(Boolean)
    .map((entry) => {
      const [chat = "", url = `https://t.me/${chat.slice(1)}`] = entry.split(" ");
      return { chat, url };
    });

/** What people call a channel: its @username; undefined where it has none. */
export const channelName = ({ chat }: RequiredChannel): string | undefined =>
  chat.startsWith("@") ? chat : undefined;

/** How long somebody who has left a channel keeps free access. */
export const channelGraceMs = dayMs;

/** How often all members are checked. */
export const channelCheckMs = dayMs;

/** What the books say of a customer who has left a channel; undefined: they have not. */
export interface Absence {
  readonly leftAt: Instant | undefined;
  readonly suspendedAt: Instant | undefined;
}

/** What a look at a customer has found. */
export interface MemberLook {
  readonly isMissing: boolean;
  /** Time that was paid for is running, or waits behind other time. */
  readonly hasPaidTime: boolean;
}

/**
 * What follows from a look: `warn` books that they have left, `suspend` pauses their access,
 * `restore` gives it back, `forget` drops a warning that has had no effect.
 */
export type MembershipStep = "none" | "warn" | "suspend" | "restore" | "forget";

/**
 * Free access of people who have left is paused after a day. Money in is access out: paid time is
 * never paused, and who has some is not warned either.
 */
export function membershipStep(
  { leftAt, suspendedAt }: Absence,
  { isMissing, hasPaidTime }: MemberLook,
  now: Instant,
): MembershipStep {
  if (!isMissing || hasPaidTime) {
    if (suspendedAt !== undefined) return "restore";
    return leftAt === undefined ? "none" : "forget";
  }
  if (suspendedAt !== undefined) return "none";
  if (leftAt === undefined) return "warn";
  return toMs(now) >= toMs(graceEnd(leftAt)) ? "suspend" : "none";
}

/** When free access is paused of somebody who was found to have left then. */
export const graceEnd = (leftAt: Instant): Instant => addMs(leftAt, channelGraceMs);

/** What a check of a channel found: whether the bot can see who is in it, and if not, why. */
export type ChannelCheck = RequiredChannel &
  (
    | { readonly kind: "ready" }
    /** The bot is there as a mere member: Telegram may hide the others from it. */
    | { readonly kind: "notAdmin" }
    /** Telegram does not know the channel, or the bot is not in it. */
    | { readonly kind: "unknown"; readonly reason: string }
    /** Telegram did not answer. */
    | { readonly kind: "unchecked" }
  );

/** A customer says that they have joined the channels. `requestId` makes a repeat count once. */
export interface JoinPress {
  readonly requestId: string;
}

/** The same of a customer who has access, or had it. */
export interface MemberReturn extends JoinPress {
  readonly telegramId: TelegramId;
}
