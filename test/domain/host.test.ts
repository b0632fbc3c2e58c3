import * as fc from "fast-check";
import { expect, test } from "vitest";
import { differences, removalLimit } from "../../domain/host.ts";
import { type Reading, trafficSince } from "../../domain/traffic.ts";

const keys: fc.Arbitrary<string> = fc.constantFrom("a", "b", "c", "d", "e", "f");
const peers = fc.uniqueArray(fc.record({ publicKey: keys, address: fc.constantFrom("1", "2") }), {
  selector: ({ publicKey }) => publicKey,
});
const wanted = fc.uniqueArray(
  fc.record({ publicKey: keys, address: fc.constantFrom("1", "2"), letIn: fc.boolean() }),
  { selector: ({ publicKey }) => publicKey },
);

test("after the repair the host holds exactly our peers that may be there, and every foreign one", () =>
  fc.assert(
    fc.property(peers, wanted, fc.array(keys), (seen, ours, retiredKeys) => {
      const owned = new Set(ours.map(({ publicKey }) => publicKey));
      const retired = retiredKeys.filter((key) => !owned.has(key));
      const before = seen.map(({ publicKey, address }) => ({ publicKey, addresses: [address] }));
      const { missing, unwanted, foreign } = differences(before, ours, retired);
      const after = new Set(seen.map(({ publicKey }) => publicKey));
      for (const key of unwanted) after.delete(key);
      for (const key of missing) after.add(key);
      const mayBe = ours.filter(({ letIn }) => letIn).map(({ publicKey }) => publicKey);
      expect([...after].toSorted()).toEqual([...new Set([...mayBe, ...foreign])].toSorted());
      for (const key of foreign) expect(owned.has(key) || retired.includes(key)).toBe(false);
      const address = new Map(seen.map((peer) => [peer.publicKey, peer.address]));
      for (const one of ours.filter(({ letIn }) => letIn)) {
        expect(missing.includes(one.publicKey)).toBe(address.get(one.publicKey) !== one.address);
      }
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
