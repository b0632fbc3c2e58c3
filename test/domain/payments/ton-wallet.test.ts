import { Address } from "@ton/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { walletForms } from "../../../domain/payments/ton-wallet.ts";

const address = fc
  .record({
    workChain: fc.constantFrom(0, -1),
    hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  })
  .map(({ workChain, hash }) => new Address(workChain, Buffer.from(hash)));

/** Every way in which people and programs write an address. */
const spellingsOf = (one: Address): string[] => [
  one.toRawString(),
  one.toRawString().toUpperCase(),
  ...[true, false].flatMap((bounceable) =>
    [true, false].flatMap((testOnly) =>
      [true, false].map((urlSafe) => one.toString({ bounceable, testOnly, urlSafe })),
    ),
  ),
];

test("an address has the same four forms, in whichever it is written", () =>
  fc.assert(
    fc.property(address, (one) => {
      const forms = [
        one.toString({ bounceable: false }),
        one.toString({ bounceable: false, testOnly: true }),
        one.toString({ bounceable: true }),
        one.toString({ bounceable: true, testOnly: true }),
      ];
      for (const spelling of spellingsOf(one)) {
        expect(walletForms(` ${spelling}\n`)).toEqual(forms);
      }
    }),
  ));

test("a text with a wrong character is not an address", () =>
  fc.assert(
    fc.property(address, fc.nat(47), fc.constantFrom("A", "a", "0", "_", "-"), (one, at, sign) => {
      const text = one.toString();
      fc.pre(text[at] !== sign);
      expect(walletForms(text.slice(0, at) + sign + text.slice(at + 1))).toEqual([]);
    }),
  ));

test("any other text has no forms", () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.stringMatching(/^[\w+/-]{48}$/u),
        fc.stringMatching(/^(?:-?[12]|0):[0-9a-f]{60,68}$/u),
      ),
      (text) => {
        const known = (() => {
          try {
            return [0, -1].includes(Address.parse(text.trim()).workChain);
          } catch {
            return false;
          }
        })();
        expect(walletForms(text).length > 0).toBe(known);
      },
    ),
  ));
