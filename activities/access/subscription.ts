import { writeDueNotices } from "../../db/access/calendar.ts";
import { isAddOnSold } from "../../db/access/add-ons.ts";
import { forgetHwids, replaceDeviceLink } from "../../db/access/device-links.ts";
import { type DeviceAccess, findAccess } from "../../db/access/device-access.ts";
import { chooseDevice } from "../../db/access/device-rights.ts";
import { addDevice, reissue, renameDevice, revokeDevice } from "../../db/access/devices.ts";
import { accessKeyMessage } from "../../db/access/host-changes.ts";
import { isOffered, pickLocation } from "../../db/access/location-picks.ts";
import { placeWaiting } from "../../db/access/placement.ts";
import {
  findAccessNow,
  findDeviceLimit,
  isRevoked,
  lockSubscription,
} from "../../db/access/subscriptions.ts";
import { enqueue } from "../../db/messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries } from "../../db/orm.ts";
import { loadShopSettings } from "../../db/queries/operations/shop-settings.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import type { DeviceRequest, SubscriptionRef } from "../../domain/access/subscription.ts";
import {
  answerNotice,
  type OutgoingMessage,
  shownKeyCause,
} from "../../domain/messaging/message.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import type { AddOn } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import type { SubscriptionSteps } from "../../workflows/steps/access.ts";
import type { DevicePorts } from "./first-device.ts";

/** What the steps of subscriptions' workflows read and write. */
export interface SubscriptionPorts extends DevicePorts {
  readonly em: EntityManager;
  readonly cache: ReadCache;
}

/** The activities of subscriptions' workflows. */
export function createSubscriptionActivities(ports: SubscriptionPorts): SubscriptionSteps {
  const { em, cache } = ports;
  return {
    async writeDueNotices(ref, now) {
      const read = await writeDueNotices(em, ref, now);
      await cache.forget(ref.telegramId);
      return read;
    },

    async handleDeviceRequest(ref, request, now) {
      await inTransaction(em, async (db) => {
        const answers = await handleRequest(ports, db, { ref, request, now });
        await enqueue(db, answers);
      });
      await cache.forget(ref.telegramId);
    },
  };
}

interface DeviceChange {
  readonly ref: SubscriptionRef;
  readonly request: DeviceRequest;
  readonly now: Instant;
}

const unknown: Notice = { kind: "deviceUnknown" };

async function handleRequest(
  { vault, newAccess, chooseName }: DevicePorts,
  db: Queries,
  { ref, request, now }: DeviceChange,
): Promise<readonly OutgoingMessage[]> {
  const { requestId, deviceId } = request;
  const of = { deviceId, subscriptionId: ref.id };
  const answer = (notice: Notice) =>
    answerNotice(ref.telegramId, `device/${requestId}`, notice, request.shownIn, ref.id);
  const makesKey = request.kind === "add" || request.kind === "reissue";
  // A revoked subscription does not get new keys.
  if (makesKey && (await isRevoked(db, ref.id))) {
    return answer(await whyOff(db, { ref, now }, undefined));
  }
  switch (request.kind) {
    case "add": {
      const name = request.name || (await chooseName(db, ref));
      const { pick } = request;
      if (!(await isOffered(db, ref.id, pick))) {
        return answer({ kind: "locationPicked", outcome: "notOffered", name });
      }
      const device = { ...of, name, requestId, access: newAccess(), pick, now };
      const added = await addDevice(db, vault, device);
      if (added.kind === "limit") {
        const offer = await sold(db, ref, "device");
        return answer({ kind: "deviceLimit", limit: added.limit, ...offer });
      }
      return refusalOf(db, { ref, request, now }, answer);
    }
    case "pick": {
      await lockSubscription(db, ref.id);
      const refused = await refusalOf(db, { ref, request, now }, answer);
      if (refused.length > 0) return refused;
      const mostMoves = (await loadShopSettings(db)).locationChanges;
      const picked = { ...of, pick: request.pick, requestId, mostMoves, now };
      const result = await pickLocation(db, { vault, newAccess }, picked);
      return answer(result === undefined ? unknown : { kind: "locationPicked", ...result });
    }
    case "rename": {
      const name = await renameDevice(db, { ...of, name: request.name });
      return answer(name === undefined ? unknown : { kind: "deviceRenamed", name });
    }
    case "use": {
      await lockSubscription(db, ref.id);
      const used = await chooseDevice(db, of, now);
      if (used === undefined) return answer(unknown);
      const refusal = await refusalOf(db, { ref, request, now }, answer);
      return refusal.length > 0 ? refusal : answer({ kind: "deviceUsed", ...used });
    }
    case "revoke": {
      const name = await revokeDevice(db, { ...of, now });
      return answer(name === undefined ? unknown : { kind: "deviceRevoked", name });
    }
    case "reissue": {
      const name = await reissue(db, vault, { ...of, requestId, access: newAccess(), now });
      if (name === undefined) return answer(unknown);
      await replaceDeviceLink(db, vault, { deviceId, requestId });
      const refused = await refusalOf(db, { ref, request, now }, answer);
      // The key itself is the answer; a page that asked for it says so in its place.
      const hasPage = request.shownIn !== undefined && refused.length === 0;
      return hasPage ? answer({ kind: "keyReplaced", name }) : refused;
    }
    case "forgetHwids": {
      const access = await findAccess(db, of, now);
      if (access === undefined) return answer(unknown);
      await forgetHwids(db, deviceId);
      return answer({ kind: "hwidsForgotten" });
    }
    case "show":
      return showKey(db, { ref, request, now }, answer);
  }
}

type Answer = (notice: Notice) => OutgoingMessage[];

/** Why a new key cannot be used now; nothing where it can. */
async function refusalOf(
  db: Queries,
  { ref, request, now }: DeviceChange,
  answer: Answer,
): Promise<readonly OutgoingMessage[]> {
  const access = await findAccess(db, { subscriptionId: ref.id, deviceId: request.deviceId }, now);
  if (access?.isLetIn === true) return [];
  return answer(await whyOff(db, { ref, now }, access));
}

/**
 * Why there is no access now: a plan without room for the device, the device's own end, a request
 * that waits for an approval, traffic that is used up, a channel that was left, or the end of the
 * time.
 */
async function whyOff(
  db: Queries,
  { ref, now }: Pick<DeviceChange, "ref" | "now">,
  access: DeviceAccess | undefined,
): Promise<Notice> {
  if (access?.isPaused === true) {
    const limit = await findDeviceLimit(db, ref.id, now);
    return { kind: "devicePaused", limit, ...(await sold(db, ref, "device")) };
  }
  if (access?.hasEnded === true) return { kind: "deviceEnded", ...(await sold(db, ref, "device")) };
  const found = await findAccessNow(db, ref.id, now);
  if (found === undefined) return { kind: "noAccessNow" };
  if (found.isWaiting) return { kind: "stillWaiting" };
  const { state, paidUntil: until, periodEndsAt } = found;
  const again = periodEndsAt === undefined ? {} : { againAt: periodEndsAt };
  if (until === undefined && state === "expired") return { kind: "noAccessNow", isNew: true };
  switch (state) {
    case "revoked":
    case "blocked":
      return { kind: "subscriptionRevoked" };
    case "exhausted":
      return {
        kind: "trafficUsedUp",
        until: until ?? now,
        ...again,
        ...(await sold(db, ref, "traffic")),
      };
    case "suspended":
      return { kind: "channelsPaused", channels: (await loadShopSettings(db)).channels };
    case "active":
    case "grace":
    case "expired":
      return { kind: "noAccessNow" };
  }
}

const sold = async (
  db: Queries,
  { id }: SubscriptionRef,
  kind: AddOn["kind"],
): Promise<{ canBuy?: true }> => ((await isAddOnSold(db, id, kind)) ? { canBuy: true } : {});

/** Sends a key again if its host has it; one that waits for a host is sent once it has one. */
async function showKey(
  db: Queries,
  { ref, request, now }: DeviceChange,
  answer: Answer,
): Promise<readonly OutgoingMessage[]> {
  const { deviceId, requestId } = request;
  const part = request.kind === "show" ? request.part : undefined;
  const find = () => findAccess(db, { subscriptionId: ref.id, deviceId }, now);
  const access = await find();
  if (access === undefined) return answer(unknown);
  if (!access.isLetIn) return answer(await whyOff(db, { ref, now }, access));
  if (!access.isPlaced) {
    // Its time may have begun a moment ago, and nothing has placed waiting accesses since.
    await placeWaiting(db, now);
    return (await find())?.isPlaced ? [] : answer({ kind: "noHostFree" });
  }
  const again = shownKeyCause(requestId, now);
  const shown = { accessId: access.id, deviceId, requestId: again, part };
  return [accessKeyMessage(ref.telegramId, shown)];
}
