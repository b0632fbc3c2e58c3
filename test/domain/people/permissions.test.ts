import { expect, test } from "vitest";
import { needs } from "../../../bot/permissions.ts";
import { roles } from "../../../domain/people/customer.ts";
import { allPermissions, mayDo, rolesWith } from "../../../domain/people/permissions.ts";

test("an admin may do everything, and a customer nothing", () => {
  expect(allPermissions.filter((one) => !mayDo("admin", one))).toEqual([]);
  expect(allPermissions.filter((one) => mayDo("customer", one))).toEqual([]);
  expect(allPermissions.filter((one) => mayDo(undefined, one))).toEqual([]);
});

test("support answers and decides on signups, and touches neither money nor the shop", () => {
  const allowed = allPermissions.filter((one) => mayDo("support", one));
  expect(allowed).toEqual(["seeCustomers", "decideSignups", "answerTickets"]);
});

test("a viewer sees all, receives sales, and changes nothing", () => {
  const allowed = allPermissions.filter((one) => mayDo("viewer", one));
  expect(allowed).toEqual(["seeCustomers", "seeShop", "receiveSales"]);
});

test("each permission is used, by the bot or by what is told", () => {
  const inBot = new Set<string>(Object.values(needs));
  const others = new Set(["decideOthers", "receiveSales", "receiveTrouble"]);
  expect(allPermissions.filter((one) => !inBot.has(one) && !others.has(one))).toEqual([]);
  expect(roles.filter((role) => rolesWith("seeCustomers").includes(role))).toEqual([
    "admin",
    "support",
    "viewer",
  ]);
});
