import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addressAt } from "../../../domain/access/address-pool.ts";
import type { VpnHost } from "../../../gateways/hosts/port.ts";
import { Refused } from "../../../gateways/refused.ts";
import {
  anAccess,
  at,
  broken,
  keyOf,
  network,
  type TestAccess,
  tunnel,
  withSecrets,
} from "./accesses.ts";
import { applyAll, peersOf, refusals } from "./answers.ts";
import { testBothFamilies } from "./both-families.ts";

/** A host under test, at first empty, with the network 10.8.0.0/24. */
export interface HostUnderTest {
  readonly host: VpnHost;
  /** Makes the host lose its peers, as a crash does. */
  restart(): Promise<void>;
  /**
   * Somebody else puts a peer on the host, without a preshared key; resolves with its public key.
   */
  addStranger(address: string): Promise<string>;
  close(): Promise<void>;
}

const expected = (...accesses: TestAccess[]) =>
  Object.fromEntries(accesses.map(({ identity, address }) => [identity, [address]]));

/** The promises of every VpnHost. `skip` says why this one cannot run here. */
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
      await host.remove((await host.list()).peers.map(({ identity }) => identity));
    });

    test("a device whose access is applied is on the host with its address and keys alone", async () => {
      const phone = anAccess(0);
      await applyAll(host, phone);
      expect((await host.list()).peers).toEqual([
        {
          identity: phone.identity,
          addresses: [phone.address],
          presharedHash: phone.presharedHash,
          uploadedBytes: 0,
          downloadedBytes: 0,
          lastHandshakeAt: undefined,
        },
      ]);
    });

    test("the credentials name the device's keys and the host as it describes itself", async () => {
      const phone = anAccess(0, "Anna's phone");
      const { endpoint, publicKey } = await host.describe();
      const given = await keyOf(host, phone);
      expect(await host.credentials(phone)).toEqual(given);
      expect(given.fileName).toBe("Anna-s-phone.conf");
      expect(given.qrText).toBe(given.conf);
      expect(given.importLink).toMatch(/^vpn:\/\/[\w-]+$/u);
      for (const line of [
        `PrivateKey = ${tunnel(phone).privateKey}`,
        `PresharedKey = ${tunnel(phone).presharedKey}`,
        `Address = ${phone.address}/32`,
        `PublicKey = ${publicKey}`,
        `Endpoint = ${endpoint}`,
      ]) {
        expect(given.conf.split("\n")).toContain(line);
      }
    });

    testBothFamilies(() => host);

    test("applying twice has the effect of once", async () => {
      const phone = anAccess(0);
      await applyAll(host, phone);
      await applyAll(host, phone);
      expect(await peersOf(host)).toEqual(expected(phone));
    });

    test("what the host had of the device before is replaced, address and preshared key", async () => {
      const phone = anAccess(0);
      await applyAll(host, phone);
      const { presharedKey } = tunnel(anAccess(0));
      const changed = withSecrets(at(phone, addressAt(network, 9)), { presharedKey });
      await applyAll(host, changed);
      expect(await peersOf(host)).toEqual(expected(changed));
      const [peer] = (await host.list()).peers;
      expect(peer?.presharedHash).not.toBe(phone.presharedHash);
    });

    test("removing twice is fine, and removes nobody else", async () => {
      const phone = anAccess(0);
      const laptop = anAccess(1);
      await applyAll(host, phone, laptop);
      expect((await host.remove([phone.identity])).counters).toHaveLength(1);
      expect((await host.remove([phone.identity])).counters).toEqual([]);
      expect(await peersOf(host)).toEqual(expected(laptop));
    });

    test("removing answers with the last counters, in the epoch of the list", async () => {
      const phone = anAccess(0);
      await applyAll(host, phone);
      const { epoch } = await host.list();
      const nothing = { uploadedBytes: 0, downloadedBytes: 0, lastHandshakeAt: undefined };
      expect(await host.remove([phone.identity, anAccess(1).identity])).toEqual({
        epoch,
        counters: [{ identity: phone.identity, ...nothing }],
      });
    });

    test("an invalid identity does not prevent removing others", async () => {
      const phone = anAccess(0);
      await applyAll(host, phone);
      expect((await host.remove(["x; reboot", phone.identity, ""])).counters).toHaveLength(1);
      expect(await peersOf(host)).toEqual({});
    });

    test("an address is not taken from a peer that holds it", async () => {
      const stranger = await opened.addStranger(addressAt(network, 5));
      const phone = anAccess(5);
      const answers = refusals(await host.apply([phone]));
      expect(answers[phone.accessId]).toContain(`is held by the peer ${stranger}`);
      expect(await peersOf(host)).toEqual({ [stranger]: [addressAt(network, 5)] });
      await host.remove([stranger]);
      await applyAll(host, phone);
      expect(await peersOf(host)).toEqual(expected(phone));
    });

    test("peers of others are listed and not touched", async () => {
      const stranger = await opened.addStranger(addressAt(network, 7));
      const phone = anAccess(0);
      await applyAll(host, phone, anAccess(1));
      await host.remove([phone.identity]);
      const { peers } = await host.list();
      expect(peers.find(({ identity }) => identity === stranger)).toMatchObject({
        addresses: [addressAt(network, 7)],
        presharedHash: undefined,
      });
    });

    test("valid accesses are applied, and each invalid one is answered with its reason", async () => {
      const stranger = await opened.addStranger(addressAt(network, 1));
      const phone = anAccess(0);
      const inTheWay = anAccess(1);
      const laptop = anAccess(2);
      const answers = await host.apply([phone, inTheWay, laptop]);
      expect(answers).toHaveLength(3);
      expect(Object.keys(refusals(answers))).toEqual([inTheWay.accessId]);
      expect(await peersOf(host)).toEqual({
        [stranger]: [addressAt(network, 1)],
        ...expected(phone, laptop),
      });
    });

    test("devices may trade their addresses", async () => {
      const phone = anAccess(0);
      const laptop = anAccess(1);
      await applyAll(host, phone, laptop);
      const traded = [at(phone, laptop.address), at(laptop, phone.address)] as const;
      await applyAll(host, ...traded);
      expect(await peersOf(host)).toEqual(expected(...traded));
    });

    test("applying and removing nobody does nothing", async () => {
      expect(await host.apply([])).toEqual([]);
      expect((await host.remove([])).counters).toEqual([]);
      expect(await peersOf(host)).toEqual({});
    });

    test.each(Object.entries(broken))(
      "refused alone among good ones, with no key in the reason: %s",
      async (_what, breakIt) => {
        const phone = breakIt(anAccess(0));
        const good = anAccess(1);
        const reason = refusals(await host.apply([phone, good]))[phone.accessId];
        expect(reason).toBeDefined();
        const secrets = [...phone.secrets.matchAll(/[\w+/]{12,}=?/gu)].map(String);
        expect(secrets.filter((secret) => reason?.includes(secret))).toEqual([]);
        expect(await peersOf(host)).toEqual(expected(good));
      },
    );

    test("credentials of a broken access are refused", async () => {
      const phone = { ...anAccess(0), secrets: "{}" };
      await expect(host.credentials(phone)).rejects.toThrow(Refused);
    });

    test("fifty parallel accesses are all applied", async () => {
      const all = Array.from({ length: 50 }, (_, index) => anAccess(index));
      await Promise.all(all.map((access) => applyAll(host, access)));
      expect(await peersOf(host)).toEqual(expected(...all));
    });

    test("when two devices get the same address at once, one is refused", async () => {
      const rivals = [anAccess(0), anAccess(0)];
      const answers = await Promise.all(rivals.map((access) => host.apply([access])));
      expect(Object.keys(refusals(answers.flat()))).toHaveLength(1);
      expect(Object.values(await peersOf(host))).toEqual([[addressAt(network, 0)]]);
    });

    test("the epoch stays while the host runs, and counters begin at 0", async () => {
      const { epoch } = await host.list();
      const phone = anAccess(0);
      await applyAll(host, phone);
      const nothing = { uploadedBytes: 0, downloadedBytes: 0, lastHandshakeAt: undefined };
      expect(await host.usage()).toEqual({
        epoch,
        counters: [{ identity: phone.identity, ...nothing }],
      });
      await host.remove([phone.identity]);
      expect((await host.list()).epoch).toBe(epoch);
    });

    test("a host that lost its peers shows another epoch, and takes them back", async () => {
      const phone = anAccess(0);
      const laptop = anAccess(1);
      await applyAll(host, phone, laptop);
      const before = await host.list();
      await opened.restart();
      const after = await host.list();
      expect(after.peers).toEqual([]);
      expect(after.epoch).not.toBe(before.epoch);
      expect((await host.usage()).epoch).toBe(after.epoch);
      await applyAll(host, phone, laptop);
      expect(await host.list()).toMatchObject({ epoch: after.epoch });
      expect(await peersOf(host)).toEqual(expected(phone, laptop));
    });

    test("after any order of applies and removals, the host has exactly what is left", () =>
      fc.assert(
        fc.asyncProperty(fc.array(removal, { maxLength: 12 }), async (actions) => {
          const devices = Array.from({ length: 5 }, (_, index) => anAccess(index));
          const left = new Map<string, TestAccess>();
          const surprises: unknown[] = [];
          for (const { removed, index, address } of actions) {
            const access = at(devices[index] ?? anAccess(0), addressAt(network, address));
            const { identity } = access;
            const taken = [...left.values()].some(
              (other) => other.identity !== identity && other.address === access.address,
            );
            if (removed) {
              await host.remove([identity]);
              left.delete(identity);
            } else {
              const isRefused = access.accessId in refusals(await host.apply([access]));
              if (isRefused !== taken) surprises.push({ access, taken });
              if (!taken) left.set(identity, access);
            }
          }
          expect(surprises).toEqual([]);
          expect(await peersOf(host)).toEqual(expected(...left.values()));
          await host.remove([...left.keys()]);
        }),
        { numRuns: 15 },
      ));
  });
}

const removal = fc.record({ removed: fc.boolean(), index: fc.nat(4), address: fc.nat(5) });
