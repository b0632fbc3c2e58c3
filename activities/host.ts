import { heartbeat } from "@temporalio/activity";
import type { DeviceAccess, Devices } from "../db/devices.ts";
import type { Hosts } from "../db/hosts.ts";
import type { Subscriptions } from "../db/subscriptions.ts";
import type { Traffic } from "../db/traffic.ts";
import type { HostRepair } from "../domain/host.ts";
import { differences, removalLimit } from "../domain/host.ts";
import type { HostId, SubscriptionId } from "../domain/ids.ts";
import { type Instant, instant } from "../domain/time.ts";
import { failures } from "../domain/failures.ts";
import type { VpnHost } from "../gateways/vpn-host.ts";
import { refusedAs } from "./failure.ts";
import type { HostDirectory } from "./subscription.ts";

export interface HostPorts {
  readonly devices: Devices;
  readonly hosts: HostDirectory;
  readonly hostBooks: Hosts;
  readonly traffic: Traffic;
  readonly subscriptions: Subscriptions;
}

export type HostActivities = ReturnType<typeof createHostActivities>;

export function createHostActivities(ports: HostPorts) {
  const { devices, hosts, hostBooks, traffic, subscriptions } = ports;
  return {
    /**
     * Compares the host with the books and repairs what is ours: missing peers are put back, peers whose right
     * has ended are taken off, at most `removalLimit` of them without a person's yes. Foreign peers are left.
     */
    async reconcileHost(id: HostId, mayRemoveMany: boolean): Promise<HostRepair> {
      const host = await hosts.get(id).catch(refusedAs(failures.noHost));
      const state = await host.list();
      const epochBefore = await hostBooks.seen(id, state.epoch, instant(new Date()));
      const wanted = await devices.onHost(id);
      const retired = await devices.retiredAmong(
        id,
        state.peers.map(({ publicKey }) => publicKey),
      );
      const found = differences(state.peers, wanted.map(asWanted), retired);
      heartbeat();
      await host.restore(accessesOf(wanted, found.missing));
      const tooMany = found.unwanted.length > removalLimit(state.peers.length) && !mayRemoveMany;
      const removed = tooMany ? [] : found.unwanted;
      for (const publicKey of removed) await takeOff(host, devices, publicKey);
      const restarted = epochBefore !== undefined && epochBefore !== state.epoch;
      return {
        restored: found.missing.length,
        removed: removed.length,
        foreign: found.foreign.length,
        held: tooMany ? found.unwanted.length : 0,
        restarted,
      };
    },

    /** Whose traffic is used up on this host. */
    usedUp: (id: HostId): Promise<SubscriptionId[]> => subscriptions.usedUpOn(id),

    async recordTraffic(id: HostId, now: Instant): Promise<number> {
      const host = await hosts.get(id).catch(refusedAs(failures.noHost));
      const usage = await host.usage();
      await traffic.record(id, usage, now);
      return usage.counters.length;
    },
  };
}

const asWanted = ({ letIn, access }: DeviceAccess) => {
  const { publicKey, address } = access.tunnel;
  return { publicKey, address, letIn };
};

function accessesOf(devices: readonly DeviceAccess[], publicKeys: readonly string[]) {
  const missing = new Set(publicKeys);
  return devices.map(({ access }) => access).filter(({ tunnel }) => missing.has(tunnel.publicKey));
}

async function takeOff(host: VpnHost, devices: Devices, publicKey: string): Promise<void> {
  await host.revoke(publicKey);
  await devices.markRemoved(publicKey, instant(new Date()));
}
