import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readTransactionHash } from "../../../domain/payments/transaction.ts";

test("a hash is read from every form in which wallets and explorers write it", () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      const hex = buffer.toString("hex");
      const base64 = buffer.toString("base64");
      const forms = [
        hex,
        hex.toUpperCase(),
        `0x${hex}`,
        base64,
        buffer.toString("base64url"),
        ` ${base64} `,
        `https://tonviewer.com/transaction/${hex}`,
        `https://tonscan.org/tx/${encodeURIComponent(base64)}/`,
        `https://explorer.example/tx/${buffer.toString("base64url")}?lang=ru#top`,
      ];
      for (const form of forms) expect(readTransactionHash(form)).toBe(hex);
    }),
  ));

test.each([
  "",
  "tomorrow",
  "a-transaction-of-the-network",
  "9f86d081884c7d659a2feaa0c55ad015",
  "g".repeat(64),
  "f".repeat(63),
  // 43 characters whose last two bits stand for nothing, and are not zero.
  `${"A".repeat(42)}B`,
  "https://example.com/",
  `https://example.com/${"f".repeat(65)}`,
  `two words ${"f".repeat(64)}`,
])("%j is not a hash", (text) => {
  expect(readTransactionHash(text)).toBeUndefined();
});
