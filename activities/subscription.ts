import type { Added, Devices } from "../db/devices.ts";
import type { Granted } from "../db/granting.ts";
import type { ReadCache } from "../db/read-cache.ts";
import type { Subscriptions } from "../db/subscriptions.ts";
import { deliverable } from "../domain/credentials.ts";
import { failures } from "../domain/failures.ts";
import type { TimeGrant } from "../domain/grant.ts";
import type { DeviceId, HostId, TelegramId } from "../domain/ids.ts";
import type { SubscriptionRef, SubscriptionState, TimeChange } from "../domain/subscription.ts";
import { type Instant, instant } from "../domain/time.ts";
import type { Message } from "../gateways/messenger.ts";
import type { Tunnel, VpnHost } from "../gateways/vpn-host.ts";
import { textsIn } from "../texts/index.ts";
import { onHost, refusedAs } from "./failure.ts";
import type { Outbox } from "./outbox.ts";

/** Finds the adapter of a host. Throws `Refused` when there is no such host (any more). */
export interface HostDirectory {
  get(id: HostId): Promise<VpnHost>;
}

export interface SubscriptionPorts {
  readonly subscriptions: Subscriptions;
  readonly devices: Devices;
  readonly hosts: HostDirectory;
  readonly outbox: Outbox;
  readonly cache: ReadCache;
  readonly makeKeys: () => Omit<Tunnel, "address">;
}

export type Delivered = { readonly kind: "delivered" | "unreachable" | "gone" | "noAccess" };

export type SubscriptionActivities = ReturnType<typeof createSubscriptionActivities>;

export function createSubscriptionActivities(ports: SubscriptionPorts) {
  const { subscriptions, devices, hosts, outbox, cache, makeKeys } = ports;

  return {
    async grantTime(ref: SubscriptionRef, grant: TimeGrant, now: Instant): Promise<Instant> {
      const { until } = await subscriptions.grantOnce(ref.id, grant, now);
      await cache.forget(ref.telegramId);
      return until;
    },

    /** What a payment changes, with what the customer's subscription then is. */
    async changeTime(
      ref: SubscriptionRef,
      { grant, currency }: TimeChange,
      { step, now }: { readonly step: string; readonly now: Instant },
    ): Promise<Granted> {
      const granted =
        "cause" in grant
          ? await subscriptions.grantOnce(ref.id, { ...grant, currency, step }, now)
          : await subscriptions.returnTime(ref.id, { ...grant, step }, now);
      await cache.forget(ref.telegramId);
      return granted;
    },

    isUsedUp: (ref: SubscriptionRef): Promise<boolean> => subscriptions.isUsedUp(ref.id),

    /** Writes what the hosts are then made to match. */
    async recordState(ref: SubscriptionRef, state: SubscriptionState): Promise<void> {
      await subscriptions.setState(ref.id, state);
      await cache.forget(ref.telegramId);
    },

    /** Makes every host let in exactly the devices that the books let in. */
    async applyAccess(ref: SubscriptionRef): Promise<void> {
      const retired = await devices.retiredOf({ subscriptionId: ref.id });
      await all(retired.map(({ hostId, publicKey }) => takeOff(ports, hostId, publicKey)));
      const owned = await devices.ofSubscription(ref.id);
      await all(
        owned.map(async ({ hostId, access, letIn }) => {
          const host = await hosts.get(hostId).catch(refusedAs(failures.noHost));
          const made = letIn ? host.grant(access) : host.revoke(access.tunnel.publicKey);
          await made.catch(onHost);
        }),
      );
    },

    async addDevice(
      ref: SubscriptionRef,
      device: { id: DeviceId; name: string; requestId: string },
    ): Promise<Added> {
      const { id, name, requestId } = device;
      if (await devices.isThere(id)) return { kind: "added" };
      const given = { subscriptionId: ref.id, name: await nameOr(ref.telegramId, name), requestId };
      const added = await devices.addOnce(id, given, makeKeys());
      await cache.forget(ref.telegramId);
      return added;
    },

    undelivered: (ref: SubscriptionRef): Promise<DeviceId[]> => devices.undelivered(ref.id),

    /** Lets the device in and sends its owner all they need to connect. */
    async deliverDevice(ref: SubscriptionRef, id: DeviceId): Promise<Delivered> {
      const device = await devices.access(id);
      if (device === undefined || device.subscriptionId !== ref.id) return { kind: "gone" };
      if (!device.letIn) return { kind: "noAccess" };
      const host = await hosts.get(device.hostId).catch(refusedAs(failures.noHost));
      const credentials = await host.grant(device.access).catch(onHost);
      const kind = await sendCredentials(outbox, ref.telegramId, {
        ...credentials,
        label: device.access.label,
      });
      if (kind === "delivered") await devices.markDelivered(id, instant(new Date()));
      return { kind };
    },

    /** False: no such device. The old key is off the host before the new one takes its address. */
    async rekeyDevice(ref: SubscriptionRef, id: DeviceId, requestId: string): Promise<boolean> {
      const device = await devices.access(id);
      if (device?.subscriptionId !== ref.id) return false;
      const done = await devices.rekeyOnce(id, requestId, makeKeys());
      const retired = await devices.retiredOf({ subscriptionId: ref.id });
      await all(retired.map(({ hostId, publicKey }) => takeOff(ports, hostId, publicKey)));
      await cache.forget(ref.telegramId);
      return done;
    },

    /** The new name, or undefined: no such device of this customer. */
    async renameDevice(
      ref: SubscriptionRef,
      id: DeviceId,
      name: string,
    ): Promise<string | undefined> {
      const device = await devices.access(id);
      if (device?.subscriptionId !== ref.id) return undefined;
      await cache.forget(ref.telegramId);
      return devices.rename(id, name);
    },

    /** The removed device's name, or undefined: no such device of this customer. */
    async revokeDevice(
      ref: SubscriptionRef,
      id: DeviceId,
      now: Instant,
    ): Promise<string | undefined> {
      const owner = await devices.ownerOf(id);
      if (owner !== ref.id) return undefined;
      const name = await devices.revokeOnce(id, now);
      const retired = await devices.retiredOf({ subscriptionId: ref.id });
      await all(retired.map(({ hostId, publicKey }) => takeOff(ports, hostId, publicKey)));
      await cache.forget(ref.telegramId);
      return name;
    },
  };

  async function nameOr(telegramId: TelegramId, name: string): Promise<string> {
    if (name !== "") return name;
    const { language } = await outbox.addressee(telegramId);
    return textsIn(language).newDeviceName(1);
  }
}

async function takeOff(
  { hosts, devices }: SubscriptionPorts,
  hostId: HostId,
  publicKey: string,
): Promise<void> {
  const host = await hosts.get(hostId).catch(refusedAs(failures.noHost));
  await host.revoke(publicKey).catch(onHost);
  await devices.markRemoved(publicKey, instant(new Date()));
}

/** Waits for all, so that one dead host does not keep the others from being told; then throws the first trouble. */
async function all(steps: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(steps)).find((step) => step.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function sendCredentials(
  outbox: Outbox,
  telegramId: TelegramId,
  given: { fileName: string; conf: string; qrText: string; importLink: string; label: string },
): Promise<"delivered" | "unreachable"> {
  const to = await outbox.addressee(telegramId);
  const texts = textsIn(to.language);
  const { fileName, conf: content, label } = given;
  const { qrText, importLink: link } = deliverable(given);
  const hasQr = qrText !== undefined;
  const messages: Message[] = [
    { kind: "document", fileName, content, captionHtml: texts.confCaption(label) },
    ...(hasQr ? [{ kind: "qr", text: qrText, captionHtml: texts.qrCaption } as const] : []),
    { kind: "text", html: texts.instruction({ link, hasQr }) },
  ];
  for (const [index, message] of messages.entries()) {
    const told = await outbox.send(to, message, String(index));
    if (told.kind === "unreachable") return "unreachable";
  }
  return "delivered";
}
