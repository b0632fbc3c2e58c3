import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  comparisonPauseMs,
  differences,
  type FoundPeer,
  isNews,
  peersInTheWay,
  removalLimit,
  type WantedPeer,
  wellHost,
} from "../../../domain/access/host.ts";
import { type Reading, trafficSince } from "../../../domain/access/traffic.ts";

const identities = ["a", "b", "c", "d", "e", "f"] as const;
const identity = fc.constantFrom(...identities);
const address = fc.constantFrom("1", "2", "3");
const presharedHash = fc.constantFrom("x", "y");
const selector = (peer: { readonly identity: string }) => peer.identity;
const peers: fc.Arbitrary<FoundPeer[]> = fc.uniqueArray(
  fc.record({
    identity,
    addresses: fc.uniqueArray(address),
    presharedHash: fc.option(presharedHash, { nil: undefined }),
  }),
  { selector },
);
const books: fc.Arbitrary<WantedPeer[]> = fc.uniqueArray(
  fc.record({ identity, address, presharedHash, letIn: fc.boolean() }),
  { selector },
);

const whole = ({ identity: of, addresses, presharedHash: hash }: FoundPeer) =>
  `${of} ${addresses.join()} ${hash}`;

test("after the repair the host has all our peers that may be there, and every foreign one as it was", () =>
  fc.assert(
    fc.property(peers, books, (seen, ours) => {
      const { missing, unwanted, foreign } = differences(seen, ours);
      const after = new Map(seen.map((peer) => [peer.identity, peer]));
      for (const one of unwanted) after.delete(one);
      for (const one of ours.filter((peer) => missing.includes(peer.identity))) {
        const { identity: of, address: at, presharedHash: hash } = one;
        after.set(of, { identity: of, addresses: [at!], presharedHash: hash });
      }
      const mayBe = ours
        .filter(({ letIn }) => letIn)
        .map((peer) => ({ ...peer, addresses: [peer.address!] }));
      const strangers = seen.filter(({ identity: of }) => foreign.includes(of));
      const expected = [...mayBe, ...strangers].map(whole);
      expect([...after.values()].map(whole).toSorted()).toEqual(expected.toSorted());
    }),
  ));

test("correct peers are not touched, and no peer is both foreign and ours", () =>
  fc.assert(
    fc.property(peers, books, (seen, ours) => {
      const { missing, unwanted, foreign, absent } = differences(seen, ours);
      const there = new Map(seen.map((peer) => [peer.identity, peer]));
      for (const { identity: of, address: at, presharedHash: hash, letIn } of ours) {
        const peer = there.get(of);
        expect(absent.includes(of)).toBe(peer === undefined);
        const isRight = peer?.presharedHash === hash && peer.addresses.join() === at;
        expect(missing.includes(of)).toBe(letIn && !isRight);
        expect(foreign.includes(of)).toBe(false);
      }
      expect(unwanted.filter((of) => foreign.includes(of) || missing.includes(of))).toEqual([]);
    }),
  ));

test("a peer has both of its addresses and no other, in any order", () => {
  const a = "10.8.0.2";
  const b = "fd00::2";
  const c = "fd00::3";
  const missingFor = (addresses: string[], address6: string | null) => {
    const seen = [{ identity: "a", addresses, presharedHash: "x" }];
    const ours = [{ identity: "a", address: a, address6, presharedHash: "x", letIn: true }];
    return differences(seen, ours).missing.length > 0;
  };
  expect([missingFor([a, b], b), missingFor([b, a], b), missingFor([a], null)]).toEqual([
    false,
    false,
    false,
  ]);
  const wrong: [string[], string | null][] = [
    [[a], b],
    [[b], b],
    [[a, c], b],
    [[a, b, c], b],
    [[a, a], b],
    [[], b],
    [[a, b], null],
  ];
  expect(wrong.filter(([addresses, address6]) => !missingFor(addresses, address6))).toEqual([]);
});

test("our former key on the IPv6 address of a missing peer is in the way", () => {
  const peers = [
    { identity: "old", addresses: ["10.8.0.9", "fd00::2"] },
    { identity: "stranger", addresses: ["fd00::2"] },
  ];
  const wanted = [{ identity: "new", address: "10.8.0.2", address6: "fd00::2" }];
  const given = { peers, wanted, found: { missing: ["new"] } };
  expect(peersInTheWay(new Set(["old"]), given)).toEqual(["old"]);
});

test("a host without addresses is not compared by them", () => {
  const seen = [{ identity: "a", addresses: [], presharedHash: "x" }];
  const ours = [{ identity: "a", address: null, presharedHash: "x", letIn: true }];
  expect(differences(seen, ours).missing).toEqual([]);
});

const unknown = (batch: string) => ({ ...wellHost, unknown: { batch, count: 1 } });

test("operators see another kind of trouble, not another count", () => {
  const held = { ...wellHost, held: 12 };
  expect(isNews(wellHost, held)).toBe(true);
  expect(isNews(held, { ...held, held: 13 })).toBe(false);
  expect(isNews(held, wellHost)).toBe(true);
  expect(isNews(held, { ...held, away: "ETIMEDOUT" })).toBe(true);
  expect(isNews(unknown("1"), unknown("1"))).toBe(false);
  expect(isNews(unknown("1"), unknown("2"))).toBe(true);
});

test("one comparison removes 5 % of a host's peers at most, or ten", () => {
  expect([0, 10, 100, 219, 220, 1_000].map(removalLimit)).toEqual([10, 10, 10, 10, 11, 50]);
});

/** What a host's counters do: continue or restart; each step moves some bytes. */
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
        if (step.restarts) {
          epoch += 1;
          raw = 0;
        }
        raw += step.moved;
        moved += step.moved;
        const now = { epoch: String(epoch), uploadedRaw: raw, downloadedRaw: 0 };
        counted += trafficSince(last, now).uploaded;
        expect(trafficSince(now, now)).toEqual({ uploaded: 0, downloaded: 0 });
        last = now;
      }
      expect(counted).toBe(moved);
    }),
  ));

test("a host is compared at its pace, and one that is slow to list is left alone for longer", () => {
  expect(comparisonPauseMs(20_000, 300)).toBe(20_000);
  expect(comparisonPauseMs(20_000, 18_000)).toBe(36_000);
});
