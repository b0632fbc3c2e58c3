import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keyedBlake2s } from "../../../gateways/hosts/amneziawg/blake2s.ts";

const upTo = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index));

test.each([
  // From the reference implementation's list of known answers: blake2s, key 00 01 … 1f.
  [0, "48a8997da407876b3d79c0d92325ad3b89cbb754d86ab71aee047ad345fd2c49"],
  [1, "40d15fee7c328830166ac3f918650f807e7e01e177258cdc0a39b11f598066f1"],
  [255, "3fb735061abc519dfe979e54c1ee5bfad0a9d858b3315bad34bde999efd724dd"],
])("a keyed hash of %i bytes is the known answer", (length, answer) => {
  expect(keyedBlake2s(upTo(32), upTo(length), 32).toString("hex")).toBe(answer);
});

test("without a key it is Node's own BLAKE2s", () => {
  const data = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(data, (bytes) => {
      const own = createHash("blake2s256").update(bytes).digest("hex");
      expect(keyedBlake2s(Buffer.alloc(0), bytes, 32).toString("hex")).toBe(own);
    }),
  );
});
