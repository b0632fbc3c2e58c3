import { createDecipheriv, randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Vault } from "../../db/vault.ts";

const key = randomBytes(32);
const vault = new Vault([{ id: "k1", key }]);

test("what is sealed is opened, and every tag has 16 bytes", () =>
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, purpose) => {
      const sealed = vault.seal(text, purpose);
      expect(Buffer.from(sealed.split(".")[2] ?? "", "base64url")).toHaveLength(16);
      expect(vault.open(sealed, purpose)).toBe(text);
    }),
  ));

test("a truncated tag is refused, even if it matches: it would be quicker to guess", () => {
  const [id, iv = "", tag = "", text = ""] = vault.seal("secret", "p").split(".");
  const whole = Buffer.from(tag, "base64url");
  for (const bytes of [4, 8, 12, 13, 14, 15]) {
    const cut = whole.subarray(0, bytes);
    // Node itself would accept it.
    const alone = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"), {
      authTagLength: bytes,
    });
    alone.setAuthTag(cut).setAAD(Buffer.from("p"));
    expect(alone.update(text, "base64url", "utf8") + alone.final("utf8")).toBe("secret");
    const sealed = [id, iv, cut.toString("base64url"), text].join(".");
    expect(() => vault.open(sealed, "p")).toThrow(/\(p\) is not a sealed value/u);
  }
});

test("no error contains any part of a value", () =>
  fc.assert(
    fc.property(fc.stringMatching(/^[\w.-]{8,60}$/u), (value) => {
      let message = "";
      try {
        vault.open(value, "p");
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).not.toBe("");
      // A key's name is not secret; a value of another form has no key name.
      const isSealed = value.split(".").length === 4;
      expect(isSealed || message === "a stored secret (p) is not a sealed value").toBe(true);
    }),
  ));
