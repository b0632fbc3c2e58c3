import { expect, test } from "vitest";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import { anAccess } from "./accesses.ts";
import { vpnHostContract } from "./contract.ts";
import { memoryHostSettings } from "./host-settings.ts";

vpnHostContract("a memory host", async () => {
  const host = new MemoryVpnHost(memoryHostSettings());
  return {
    host,
    restart: async () => host.restart(),
    addStranger: async (address) => {
      const { identity } = anAccess(0);
      host.put(identity, { addresses: [address], presharedHash: undefined });
      return identity;
    },
    close: async () => undefined,
  };
});

test("simulated traffic is counted from the customer's side, also when the peer is removed", async () => {
  const host = new MemoryVpnHost(memoryHostSettings());
  const phone = anAccess(0);
  await host.apply([phone]);
  host.carry(phone.identity, 10, 200);
  host.carry(phone.identity, 1, 2);
  await host.apply([phone]);
  const counted = [expect.objectContaining({ uploadedBytes: 11, downloadedBytes: 202 })];
  expect((await host.usage()).counters).toEqual(counted);
  expect((await host.remove([phone.identity])).counters).toEqual(counted);
});
