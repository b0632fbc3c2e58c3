import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addressAt } from "../../domain/address-pool.ts";
import { deviceId } from "../../domain/ids.ts";
import { Refused } from "../../gateways/refused.ts";
import { generateKeyPair, generatePresharedKey } from "../../gateways/vpn-host/keys.ts";
import type { Access, VpnHost } from "../../gateways/vpn-host.ts";

/** A host under test, empty at first, with the network 10.8.0.0/24. */
export interface HostUnderTest {
  readonly host: VpnHost;
  /** Makes the host lose its peers, as a crash does. */
  restart(): Promise<void>;
  /** Somebody else puts a peer there and tells its key. */
  addStranger(address: string): Promise<string>;
  close(): Promise<void>;
}

export const network = "10.8.0.0/24";

/** A device of its own for each call, at the n-th address. */
export function anAccess(index: number, label = "phone"): Access {
  const keys = { ...generateKeyPair(), presharedKey: generatePresharedKey() };
  const tunnel = { address: addressAt(network, index), ...keys };
  return { deviceId: deviceId(randomUUID()), label, tunnel };
}

export const at = (access: Access, address: string): Access => ({
  ...access,
  tunnel: { ...access.tunnel, address },
});

const keyOf = ({ tunnel }: Access): string => tunnel.publicKey;

export const peersOf = async (host: VpnHost): Promise<Record<string, readonly string[]>> =>
  Object.fromEntries(
    (await host.list()).peers.map(({ publicKey, addresses }) => [publicKey, addresses]),
  );

const expected = (...accesses: Access[]) =>
  Object.fromEntries(accesses.map(({ tunnel }) => [tunnel.publicKey, [tunnel.address]]));

/** What every VpnHost promises. `skip` names the reason why this one cannot be had here. */
export function vpnHostContract(name: string, open: () => Promise<HostUnderTest>, skip = ""): void {
  describe.skipIf(skip !== "")(`${name}${skip && ` (skipped: ${skip})`}`, () => {
    let opened: HostUnderTest;
    let host: VpnHost;
    beforeAll(async () => {
      opened = await open();
      host = opened.host;
    });
    afterAll(() => opened?.close());
    beforeEach(async () => {
      for (const { publicKey } of (await host.list()).peers) await host.revoke(publicKey);
    });

    test("a device that is granted access is on the host with its address alone", async () => {
      const phone = anAccess(0);
      await host.grant(phone);
      expect(await peersOf(host)).toEqual(expected(phone));
    });

    test("the credentials name the device's keys and the host as it describes itself", async () => {
      const phone = anAccess(0, "Anna's phone");
      const { endpoint, publicKey } = await host.describe();
      const given = await host.grant(phone);
      expect(given.fileName).toBe("Anna-s-phone.conf");
      expect(given.qrText).toBe(given.conf);
      expect(given.importLink).toMatch(/^vpn:\/\/[\w-]+$/u);
      for (const line of [
        `PrivateKey = ${phone.tunnel.privateKey}`,
        `PresharedKey = ${phone.tunnel.presharedKey}`,
        `Address = ${phone.tunnel.address}/32`,
        `PublicKey = ${publicKey}`,
        `Endpoint = ${endpoint}`,
      ]) {
        expect(given.conf.split("\n")).toContain(line);
      }
    });

    test("granting twice is granting once, with the same credentials", async () => {
      const phone = anAccess(0);
      expect(await host.grant(phone)).toEqual(await host.grant(phone));
      expect(await peersOf(host)).toEqual(expected(phone));
    });

    test("a grant replaces what the host knew of the device before", async () => {
      const phone = anAccess(0);
      await host.grant(phone);
      const moved = at(phone, addressAt(network, 9));
      await host.grant(moved);
      expect(await peersOf(host)).toEqual(expected(moved));
    });

    test("a revoked device is gone, a second time too, and nobody else is", async () => {
      const [phone, laptop] = [anAccess(0), anAccess(1)];
      await host.restore([phone, laptop]);
      await host.revoke(keyOf(phone));
      await host.revoke(keyOf(phone));
      expect(await peersOf(host)).toEqual(expected(laptop));
    });

    test("an address is not taken from a peer that holds it", async () => {
      const stranger = await opened.addStranger(addressAt(network, 5));
      const phone = anAccess(5);
      await expect(host.grant(phone)).rejects.toThrow(Refused);
      expect(await peersOf(host)).toEqual({ [stranger]: [addressAt(network, 5)] });
      await host.revoke(stranger);
      await host.grant(phone);
      expect(await peersOf(host)).toEqual(expected(phone));
    });

    test("peers of others are seen and left alone", async () => {
      const stranger = await opened.addStranger(addressAt(network, 7));
      const phone = anAccess(0);
      await host.grant(phone);
      await host.restore([phone, anAccess(1)]);
      await host.revoke(keyOf(phone));
      expect(await peersOf(host)).toMatchObject({ [stranger]: [addressAt(network, 7)] });
    });

    test("restoring puts back all it can, and says who could not be", async () => {
      const stranger = await opened.addStranger(addressAt(network, 1));
      const [phone, inTheWay, laptop] = [anAccess(0), anAccess(1), anAccess(2)];
      const asked = host.restore([phone, inTheWay, laptop]);
      await expect(asked).rejects.toThrow(inTheWay.deviceId);
      expect(await peersOf(host)).toEqual({
        [stranger]: [addressAt(network, 1)],
        ...expected(phone, laptop),
      });
    });

    test("devices may trade their addresses", async () => {
      const [phone, laptop] = [anAccess(0), anAccess(1)];
      await host.restore([phone, laptop]);
      const traded = [at(phone, laptop.tunnel.address), at(laptop, phone.tunnel.address)] as const;
      await host.restore(traded);
      expect(await peersOf(host)).toEqual(expected(...traded));
    });

    test("restoring nobody is nothing", async () => {
      await host.restore([]);
      expect(await peersOf(host)).toEqual({});
    });

    test.each([
      ["a public key that is none", { publicKey: "x" }],
      ["a public key with a shell's signs", { publicKey: "$(reboot)" }],
      ["a preshared key that is none", { presharedKey: "c2hvcnQ=" }],
      ["a private key that is none", { privateKey: "" }],
      ["keys that are no pair", { privateKey: generateKeyPair().privateKey }],
      ["an address of another network", { address: "10.9.0.2" }],
      ["the network's own address", { address: "10.8.0.0" }],
      ["the host's own address", { address: "10.8.0.1" }],
      ["the broadcast address", { address: "10.8.0.255" }],
      ["an address with a mask", { address: "10.8.0.2/24" }],
      ["an address with a line break", { address: "10.8.0.2\nremove=true" }],
    ])("refused, with no key in the message and nothing changed: %s", async (_what, broken) => {
      const phone = anAccess(0);
      const access = { ...phone, tunnel: { ...phone.tunnel, ...broken } };
      const error: unknown = await host.grant(access).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(Refused);
      const secrets = [access.tunnel.privateKey, access.tunnel.presharedKey].filter(Boolean);
      expect(secrets.filter((secret) => String(error).includes(secret))).toEqual([]);
      expect(await peersOf(host)).toEqual({});
    });

    test("revoking what is no key is refused", async () => {
      await expect(host.revoke("x; reboot")).rejects.toThrow(Refused);
    });

    test("fifty grants side by side all hold", async () => {
      const all = Array.from({ length: 50 }, (_, index) => anAccess(index));
      await Promise.all(all.map((access) => host.grant(access)));
      expect(await peersOf(host)).toEqual(expected(...all));
    });

    test("of two devices that ask for one address at once, one is refused", async () => {
      const rivals = [anAccess(0), anAccess(0)];
      const results = await Promise.allSettled(rivals.map((access) => host.grant(access)));
      const refused = results.filter(({ status }) => status === "rejected");
      expect(refused).toEqual([
        expect.objectContaining({ reason: expect.any(Refused) as unknown }),
      ]);
      expect(Object.values(await peersOf(host))).toEqual([[addressAt(network, 0)]]);
    });

    test("the epoch stays while the host runs, and counters begin at nothing", async () => {
      const { epoch } = await host.list();
      const phone = anAccess(0);
      await host.grant(phone);
      const nothing = { uploadedBytes: 0, downloadedBytes: 0, lastHandshakeAt: undefined };
      expect(await host.usage()).toEqual({
        epoch,
        counters: [{ publicKey: keyOf(phone), ...nothing }],
      });
      await host.revoke(keyOf(phone));
      expect((await host.list()).epoch).toBe(epoch);
    });

    test("a host that lost its peers shows another epoch, and takes them back", async () => {
      const [phone, laptop] = [anAccess(0), anAccess(1)];
      await host.restore([phone, laptop]);
      const before = await host.list();
      await opened.restart();
      const after = await host.list();
      expect(after.peers).toEqual([]);
      expect(after.epoch).not.toBe(before.epoch);
      expect((await host.usage()).epoch).toBe(after.epoch);
      await host.restore([phone, laptop]);
      expect(await host.list()).toMatchObject({ epoch: after.epoch });
      expect(await peersOf(host)).toEqual(expected(phone, laptop));
    });

    test("whatever is granted and revoked in whatever order, the host holds just what is left", () =>
      fc.assert(
        fc.asyncProperty(fc.array(deed, { maxLength: 12 }), async (deeds) => {
          const devices = Array.from({ length: 5 }, (_, index) => anAccess(index));
          const left = new Map<string, Access>();
          const refusals: unknown[] = [];
          for (const { revoked, index, address } of deeds) {
            const access = at(devices[index] ?? anAccess(0), addressAt(network, address));
            const taken = [...left.values()].some(
              (other) =>
                keyOf(other) !== keyOf(access) && other.tunnel.address === access.tunnel.address,
            );
            if (revoked) {
              await host.revoke(keyOf(access));
              left.delete(keyOf(access));
            } else if (taken) {
              refusals.push(await host.grant(access).catch((error: unknown) => error));
            } else {
              await host.grant(access);
              left.set(keyOf(access), access);
            }
          }
          expect(refusals.every((error) => error instanceof Refused)).toBe(true);
          expect(await peersOf(host)).toEqual(expected(...left.values()));
          for (const access of left.values()) await host.revoke(keyOf(access));
        }),
        { numRuns: 15 },
      ));
  });
}

const deed = fc.record({ revoked: fc.boolean(), index: fc.nat(4), address: fc.nat(5) });
