import * as fc from "fast-check";
import { expect, test } from "vitest";
import { differences, type PeerSeen, type PeerWanted, removalLimit } from "../../domain/host.ts";
import { type Reading, trafficSince } from "../../domain/traffic.ts";

const identities = fc.constantFrom("a", "b", "c", "d", "e", "f");
const addresses = fc.constantFrom("1", "2");
const hashes = fc.constantFrom("h", "i");
const byIdentity = { selector: ({ identity }: { readonly identity: string }) => identity };
const peers: fc.Arbitrary<PeerSeen[]> = fc.uniqueArray(
  fc.record({
    identity: identities,
    addresses: fc.array(addresses, { maxLength: 2 }),
    presharedHash: fc.option(hashes, { nil: undefined }),
  }),
  byIdentity,
);
const wanted: fc.Arbitrary<PeerWanted[]> = fc.uniqueArray(
  fc.record({
    identity: identities,
    address: fc.option(addresses, { nil: undefined }),
    presharedHash: hashes,
    letIn: fc.boolean(),
  }),
  byIdentity,
);

test("after the repair the host holds exactly our peers that may be there, and every foreign one", () =>
  fc.assert(
    fc.property(peers, wanted, (seen, ours) => {
      const { missing, unwanted, foreign } = differences(seen, ours);
      const after = new Set(seen.map(({ identity }) => identity));
      for (const one of unwanted) after.delete(one);
      for (const one of missing) after.add(one);
      const mayBe = ours.filter(({ letIn }) => letIn).map(({ identity }) => identity);
      expect([...after].toSorted()).toEqual([...new Set([...mayBe, ...foreign])].toSorted());
      for (const one of foreign) expect(ours.map(({ identity }) => identity)).not.toContain(one);
    }),
  ));

test("a peer counts as there only when its addresses and its preshared key are the wanted ones, all of them", () =>
  fc.assert(
    fc.property(peers, wanted, (seen, ours) => {
      const { missing } = differences(seen, ours);
      for (const one of ours.filter(({ letIn }) => letIn)) {
        const there = seen.find(({ identity }) => identity === one.identity);
        const isSame =
          there?.presharedHash === one.presharedHash &&
          (one.address === undefined || there?.addresses.join() === one.address);
        expect(missing.includes(one.identity)).toBe(there === undefined || !isSame);
      }
    }),
  ));

test("what the books want and the host does not have is absent, whether it may be there or not", () =>
  fc.assert(
    fc.property(peers, wanted, (seen, ours) => {
      const there = new Set(seen.map(({ identity }) => identity));
      const lacking = ours.filter(({ identity }) => !there.has(identity));
      expect(differences(seen, ours).absent).toEqual(lacking.map(({ identity }) => identity));
    }),
  ));

test("one reconciliation takes off a fifth of a host's peers at most, or ten", () => {
  expect([0, 10, 50, 100, 1_000].map(removalLimit)).toEqual([10, 10, 10, 20, 200]);
});

/** What a host's counters do: go on, or begin again; each step moves some bytes. */
const history = fc.array(fc.record({ restarts: fc.boolean(), moved: fc.nat(1_000) }), {
  minLength: 1,
  maxLength: 30,
});

test("however often a host restarts, no byte is counted twice, and only those before a restart are lost", () =>
  fc.assert(
    fc.property(history, (steps) => {
      let last: Reading | undefined;
      let epoch = 0;
      let raw = 0;
      let counted = 0;
      let moved = 0;
      for (const step of steps) {
        if (step.restarts) [epoch, raw] = [epoch + 1, 0];
        raw += step.moved;
        moved += step.moved;
        const now = { epoch: String(epoch), publicKey: "k", uploadedRaw: raw, downloadedRaw: 0 };
        counted += trafficSince(last, now).uploaded;
        expect(trafficSince(now, now)).toEqual({ uploaded: 0, downloaded: 0 });
        last = now;
      }
      expect(counted).toBe(moved);
    }),
  ));
