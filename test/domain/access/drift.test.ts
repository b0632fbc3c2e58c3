import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BookedPeer, driftOf, mostDriftLines } from "../../../domain/access/drift.ts";
import type { AccessTerms, FoundPeer } from "../../../domain/access/host.ts";
import { instant } from "../../../domain/time.ts";

const names: fc.Arbitrary<string> = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
const terms: fc.Arbitrary<AccessTerms> = fc.record({
  endsAt: fc.constantFrom(undefined, instant("2030-01-01T00:00:00Z")),
  limitBytes: fc.constantFrom(undefined, 7),
  deviceLimit: fc.constantFrom(undefined, 1),
});
const user = fc.record({
  isLetIn: fc.boolean(),
  terms,
  limitsDevices: fc.boolean(),
  fault: fc.constantFrom(undefined, "it is on other inbounds"),
});
const peers = fc.uniqueArray(
  fc
    .tuple(names, fc.array(fc.constantFrom("1", "2"), { maxLength: 2 }), fc.option(user))
    .map(([identity, addresses, of]): FoundPeer => {
      const peer = { identity, addresses, presharedHash: "p" };
      return of === null ? peer : { ...peer, user: of };
    }),
  { selector: ({ identity }) => identity },
);
const booked: fc.Arbitrary<BookedPeer[]> = fc.uniqueArray(
  fc.record({
    identity: names,
    address: fc.constantFrom(null, "1"),
    presharedHash: fc.constantFrom("p", "q"),
    terms,
    letIn: fc.boolean(),
    isRetired: fc.boolean(),
    onHost: fc.boolean(),
    isBegun: fc.boolean(),
  }),
  { selector: ({ identity }) => identity },
);

test("every peer that is not as the books want it is in one part, and no other peer is in any", () => {
  fc.assert(
    fc.property(peers, booked, fc.array(names), (found, books, once) => {
      const wanted = new Map(books.map((peer) => [peer.identity, peer]));
      const there = new Map(found.map((peer) => [peer.identity, peer]));
      const ours = new Set(once.filter((name) => there.has(name) && !wanted.has(name)));
      const drift = driftOf({ found, booked: books, ours });
      const parts = [drift.add, drift.change, drift.end, drift.remove, drift.foreign];
      const all = parts.flatMap(({ lines }) => lines.map(({ identity }) => identity));
      expect(new Set(all).size).toBe(all.length);
      for (const name of new Set([...wanted.keys(), ...there.keys()])) {
        const peer = wanted.get(name);
        const seen = there.get(name);
        const isIn = (part: { readonly lines: readonly { readonly identity: string }[] }) =>
          part.lines.some(({ identity }) => identity === name);
        expect(isIn(drift.add)).toBe(peer?.letIn === true && seen === undefined);
        expect(isIn(drift.foreign)).toBe(peer === undefined && !ours.has(name));
        const goes = isIn(drift.end) || isIn(drift.remove);
        const isUnwanted = peer?.letIn === false && seen !== undefined;
        expect(goes).toBe((isUnwanted && seen.user?.isLetIn !== false) || ours.has(name));
        // A line of a change says what changes.
        const line = drift.change.lines.find(({ identity }) => identity === name);
        expect(line?.changes?.length).not.toBe(line === undefined ? -1 : 0);
      }
    }),
  );
});

test("of a part with very many lines the first are shown and all are counted", () => {
  const found = Array.from({ length: mostDriftLines + 7 }, (_, place) => {
    return { identity: `peer ${place}`, addresses: [], presharedHash: undefined };
  });
  const { foreign } = driftOf({ found, booked: [], ours: new Set() });
  expect(foreign.count).toBe(mostDriftLines + 7);
  expect(foreign.lines).toHaveLength(mostDriftLines);
});
