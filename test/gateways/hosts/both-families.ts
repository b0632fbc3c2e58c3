import { expect, test } from "vitest";
import type { VpnHost } from "../../../gateways/hosts/port.ts";
import { aDualAccess, anAccess, keyOf } from "./accesses.ts";
import { applyAll, peersOf, refusals } from "./answers.ts";

const sortedPeers = async (host: VpnHost): Promise<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(await peersOf(host)).map(([key, all]) => [key, all.toSorted()]),
  );

/** What a host with an IPv6 network promises beside `vpnHostContract`, of which this is a part. */
export function testBothFamilies(host: () => VpnHost): void {
  test("a device with an address of each family has exactly these two, and keeps them apart from others'", async () => {
    const phone = aDualAccess(0);
    const laptop = aDualAccess(1);
    const old = anAccess(2);
    await applyAll(host(), phone, laptop, old);
    const sorted = () => sortedPeers(host());
    expect(await sorted()).toEqual({
      [phone.identity]: [phone.address, phone.address6],
      [laptop.identity]: [laptop.address, laptop.address6],
      [old.identity]: [old.address],
    });
    const thief = { ...anAccess(3), address6: phone.address6 };
    const answers = refusals(await host().apply([thief]));
    expect(answers[thief.accessId]).toContain(`is held by the peer ${phone.identity}`);
    await applyAll(host(), { ...phone, address6: undefined });
    expect((await sorted())[phone.identity]).toEqual([phone.address]);
    await applyAll(host(), thief);
    expect((await sorted())[thief.identity]).toEqual([thief.address, phone.address6]);
  });

  test("the credentials have both addresses of a device, and one of a device that has one", async () => {
    const phone = aDualAccess(0);
    const old = anAccess(1);
    const { conf } = await keyOf(host(), phone);
    expect(conf).toContain(`\nAddress = ${phone.address}/32, ${phone.address6}/128\n`);
    expect((await keyOf(host(), old)).conf).toContain(`\nAddress = ${old.address}/32\n`);
  });
}
