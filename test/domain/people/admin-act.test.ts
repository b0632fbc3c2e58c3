import * as fc from "fast-check";
import { expect, test } from "vitest";
import { telegramId } from "../../../domain/ids.ts";
import { longestExtensionDays, refusalOf } from "../../../domain/people/admin-act.ts";

const customer = telegramId(5001);

test("an extension is above zero and at most the longest one, whoever requests it", () =>
  fc.assert(
    fc.property(fc.double(), fc.boolean(), (days, isAdmin) => {
      const sane = days > 0 && days <= longestExtensionDays;
      const refusal = refusalOf({ kind: "extend", customer, days }, isAdmin);
      expect(refusal).toBe(sane ? undefined : "badDays");
    }),
  ));

test("an admin cannot be blocked or revoked", () => {
  expect(refusalOf({ kind: "block", customer }, true)).toBe("onAdmin");
  expect(refusalOf({ kind: "revoke", customer }, true)).toBe("onAdmin");
  expect(refusalOf({ kind: "block", customer }, false)).toBeUndefined();
  expect(refusalOf({ kind: "unblock", customer }, true)).toBeUndefined();
});
