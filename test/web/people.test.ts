import * as fc from "fast-check";
import { expect, test } from "vitest";
import { freeId, offerPeople, rolesOf } from "../../web/demo/people.ts";

const adminId = 1001;
const bob = { id: 5001, first_name: "Bob", language_code: "en", started: true };
const maria = { id: 5002, first_name: "Мария", language_code: "ru" };
const alice = { id: adminId, first_name: "Alice" };
const demo = { adminId, vpnHost: "memory", tryKey: true };
const info = { ...demo, people: offerPeople(demo, [alice, maria, bob]) };
const ids = (known: Parameters<typeof rolesOf>[1], chosen: number) =>
  rolesOf(info, known, chosen).map(({ id }) => id);

test("customers are offered before the admin, and there is always a customer to be", () => {
  expect(info.people.map(({ name }) => name)).toEqual(["Bob", "Мария", "Alice"]);
  expect(offerPeople(demo, []).map(({ id }) => id)).toEqual([5001, adminId]);
});

test("whoever you are, the list keeps its order and has you in it", () => {
  const account = fc.integer({ min: 1, max: 9_000 }).map((id) => ({ id, first_name: "Somebody" }));
  fc.assert(
    fc.property(fc.array(account, { minLength: 2, maxLength: 60 }), (known) => {
      const one = known[0]?.id ?? 0;
      const other = known.at(-1)?.id ?? 0;
      expect(ids(known, one)).toContain(one);
      const shared = ids(known, other).filter((id) => ids(known, one).includes(id));
      expect(ids(known, one).filter((id) => shared.includes(id))).toEqual(shared);
    }),
  );
});

test("what Telegram knows of a person stands above what the demo calls them", () => {
  const renamed = { ...bob, first_name: "Robert", blocked: true };
  expect(rolesOf(info, [renamed], 5001)[0]).toMatchObject({ name: "Robert", blocked: true });
  expect(rolesOf(info, [], 5001)[0]).toMatchObject({ name: "Bob", started: false });
});

test("a new account's number is nobody's", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 5_990, max: 6_030 })), (taken) => {
      expect(taken).not.toContain(freeId(taken.map((id) => ({ id, first_name: "Somebody" }))));
    }),
  );
});
