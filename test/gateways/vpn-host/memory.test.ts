import { expect, test } from "vitest";
import { MemoryVpnHost } from "../../../gateways/vpn-host/memory.ts";
import { anAccess, vpnHostContract } from "../vpn-host.contract.ts";
import { memoryHostSettings } from "./host-settings.ts";

vpnHostContract("a memory host", async () => {
  const host = new MemoryVpnHost(memoryHostSettings());
  return {
    host,
    restart: async () => host.restart(),
    addStranger: async (address) => {
      const { tunnel, ...access } = anAccess(0);
      await host.grant({ ...access, tunnel: { ...tunnel, address } });
      return tunnel.publicKey;
    },
    close: async () => undefined,
  };
});

test("traffic that is played is counted, from the customer's side", async () => {
  const host = new MemoryVpnHost(memoryHostSettings());
  const phone = anAccess(0);
  await host.grant(phone);
  host.carry(phone.tunnel.publicKey, 10, 200);
  host.carry(phone.tunnel.publicKey, 1, 2);
  await host.grant(phone);
  expect((await host.usage()).counters).toEqual([
    expect.objectContaining({ uploadedBytes: 11, downloadedBytes: 202 }),
  ]);
});
