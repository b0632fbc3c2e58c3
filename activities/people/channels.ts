import { Context } from "@temporalio/activity";
import { enqueue } from "../../db/messaging/messages.ts";
import { inTransaction, queriesOf } from "../../db/orm.ts";
import {
  bookMembership,
  type CheckedMember,
  findGraceEnd,
  findMember,
  listMembers,
  listOverdue,
  restoreAll,
} from "../../db/people/channel-members.ts";
import { loadShopSettings } from "../../db/queries/operations/shop-settings.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import type { ChannelCheck, MemberReturn, RequiredChannel } from "../../domain/people/channels.ts";
import { type Instant, secondMs } from "../../domain/time.ts";
import type { Memberships } from "../../gateways/messenger/port.ts";
import { Refused } from "../../gateways/refused.ts";
import type { OperationsSteps } from "../../workflows/steps/operations.ts";
import type { ChannelSteps, CheckScope, MembersChecked } from "../../workflows/steps/people.ts";
import { workWithHeartbeats } from "../heartbeat.ts";
import { pause } from "../pause.ts";
import { type LookPorts, MemberLooks } from "./member-looks.ts";

/** What the steps of the check of channels read, ask and write. */
export interface ChannelPorts extends LookPorts {
  readonly members: Memberships;
  readonly cache: ReadCache;
}

/** How many looks at Telegram one second holds: a third is left to messages. */
const looksPerSecond = 20;

/** How many customers one part of a check looks at: it takes about a minute. */
const partSize = 500;

/** How long an admin who has changed the channels waits for Telegram's word on each. */
const inspectMs = 1_500;

/** The activities that ask Telegram who is in the channels that the shop requires. */
export function createChannelActivities(
  ports: ChannelPorts,
): ChannelSteps & Pick<OperationsSteps, "inspectChannels"> {
  return {
    findMissingChannels: async (of, now) => {
      const { channels } = await loadShopSettings(queriesOf(ports.em));
      return new MemberLooks(ports, now).findMissing(channels, of);
    },
    checkMembers: (scope, now) => {
      const place: Place = { seen: Context.current().info.heartbeatDetails as string | undefined };
      const work = () => checkPart(ports, { scope, place, now });
      return workWithHeartbeats(work, { details: () => place.seen });
    },
    checkReturn: (request, now) => checkReturn(ports, request, now),
    inspectChannels: () => inspectChannels(ports),
  };
}

/** How far a part has come: each heartbeat tells it to the worker that takes over. */
interface Place {
  seen: string | undefined;
}

interface Part {
  readonly scope: CheckScope;
  readonly place: Place;
  readonly now: Instant;
}

/** Looks at a part of the members, as many at once as a second allows. */
async function checkPart(ports: ChannelPorts, part: Part): Promise<MembersChecked> {
  const { scope, place, now } = part;
  const { em } = ports;
  const { channels } = await loadShopSettings(queriesOf(em));
  if (channels.length === 0) {
    const back = await inTransaction(em, restoreAll);
    for (const one of back) await ports.cache.forget(one);
    return { kind: "off" };
  }
  const members = await listPart(ports, part);
  const looks = new MemberLooks(ports, now);
  const atOnce = Math.max(1, Math.floor(looksPerSecond / channels.length));
  for (let first = 0; first < members.length; first += atOnce) {
    const began = performance.now();
    const some = members.slice(first, first + atOnce);
    await Promise.all(some.map((one) => checkMember(ports, looks, { one, channels, now })));
    place.seen = some.at(-1)?.id;
    const isLast = first + atOnce >= members.length;
    if (!isLast) await pause(Math.max(0, secondMs - (performance.now() - began)));
  }
  const last = members.length === partSize ? members.at(-1)?.id : undefined;
  const graceEndsAt = await findGraceEnd(queriesOf(em), now);
  return {
    kind: "checked",
    ...(scope.kind === "all" && last !== undefined ? { after: last } : {}),
    ...(graceEndsAt === undefined ? {} : { graceEndsAt }),
  };
}

const beforeAll = "00000000-0000-0000-0000-000000000000";

function listPart(
  { em }: ChannelPorts,
  { scope, place, now }: Part,
): Promise<readonly CheckedMember[]> {
  const db = queriesOf(em);
  // Who was booked before a takeover is not overdue any more.
  if (scope.kind === "left") return listOverdue(db, { limit: partSize, now });
  return listMembers(db, { after: place.seen ?? scope.after ?? beforeAll, limit: partSize, now });
}

interface Checked {
  readonly one: CheckedMember;
  readonly channels: readonly RequiredChannel[];
  readonly now: Instant;
}

async function checkMember(
  { em, cache }: ChannelPorts,
  looks: MemberLooks,
  { one, channels, now }: Checked,
): Promise<void> {
  const missing = await looks.findMissing(channels, one.telegramId);
  const step = await bookMembership(em, one, { channels, missing }, now);
  if (step !== "none") await cache.forget(one.telegramId);
}

/** Looks at one customer at once. What they are told is keyed by their press. */
async function checkReturn(
  ports: ChannelPorts,
  { telegramId: of, requestId }: MemberReturn,
  now: Instant,
): Promise<void> {
  const { em } = ports;
  const { channels } = await loadShopSettings(queriesOf(em));
  const looks = new MemberLooks(ports, now);
  const missing = await looks.findMissing(channels, of);
  const member = await findMember(queriesOf(em), of, now);
  const step = member && (await bookMembership(em, member, { channels, missing }, now));
  await ports.cache.forget(of);
  // Whose access is back, or stays, is told so by what was booked.
  if (step === "restore" || step === "forget") return;
  const notice =
    missing.length === 0
      ? ({ kind: "channelsJoined" } as const)
      : ({ kind: "channelsMissing", channels: missing, isAgain: true } as const);
  await enqueue(queriesOf(em), [noticeTo(of, `joined/${requestId}`, notice)]);
}

async function inspectChannels({ em, members }: ChannelPorts): Promise<readonly ChannelCheck[]> {
  const { channels } = await loadShopSettings(queriesOf(em));
  return Promise.all(channels.map((channel) => inspect(members, channel)));
}

async function inspect(
  members: Pick<Memberships, "findOwnRole">,
  channel: RequiredChannel,
): Promise<ChannelCheck> {
  const unanswered = pause(inspectMs).then(() => undefined);
  try {
    const role = await Promise.race([members.findOwnRole(channel.chat), unanswered]);
    if (role === undefined) return { ...channel, kind: "unchecked" };
    return { ...channel, kind: role === "administrator" ? "ready" : "notAdmin" };
  } catch (error) {
    if (!(error instanceof Refused)) return { ...channel, kind: "unchecked" };
    return { ...channel, kind: "unknown", reason: error.message };
  }
}
