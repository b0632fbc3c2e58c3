import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { ConfigurationError, readEnvironment } from "../../runtime/configuration.ts";

const schema = z.object({
  DATABASE_URL: z.string({ error: "must be set" }),
  BOT_TOKEN: z.string({ error: "must be set" }),
  WEBHOOK_SECRET: z.string().optional(),
});

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "tollgate-secrets-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function secretFile(content: string): string {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, content);
  return path;
}

const url = "postgres://tollgate_reader@postgres:5432/tollgate";
const read = (environment: Record<string, string>) =>
  readEnvironment("test", schema, { DATABASE_URL: url, ...environment });

function problemOf(environment: Record<string, string>): string {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error("it was taken");
}

test("a variable may come as a file; the line's end is not part of the secret", () => {
  expect(read({ BOT_TOKEN_FILE: secretFile("1:secret\n") }).BOT_TOKEN).toBe("1:secret");
});

test("an empty file counts as an absent secret", () => {
  const optional = { BOT_TOKEN: "1:secret", WEBHOOK_SECRET_FILE: secretFile("\n") };
  expect(read(optional).WEBHOOK_SECRET).toBeUndefined();
  expect(problemOf({ BOT_TOKEN_FILE: secretFile("") })).toContain("BOT_TOKEN: must be set");
});

test("a variable and its file together are refused, and neither is shown", () => {
  const said = problemOf({ BOT_TOKEN: "1:first", BOT_TOKEN_FILE: secretFile("1:second") });
  expect(said).toContain("BOT_TOKEN: is set, and BOT_TOKEN_FILE too");
  expect(said).not.toMatch(/first|second/u);
});

test("a file that cannot be read is named once, with its variable", () => {
  const said = problemOf({ BOT_TOKEN_FILE: join(folder, "missing") });
  expect(said).toMatch(
    /BOT_TOKEN: BOT_TOKEN_FILE names .*missing, which cannot be read \(ENOENT\)/u,
  );
  expect(said.match(/BOT_TOKEN:/gu)).toHaveLength(1);
});

test("a password from a file reaches the server unchanged, whatever characters it has", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (drawn) => {
      const password = drawn.trim();
      fc.pre(password !== "");
      const given = { BOT_TOKEN: "1:secret", DATABASE_PASSWORD_FILE: secretFile(`${drawn}\n`) };
      const put = new URL(read(given).DATABASE_URL);
      expect(decodeURIComponent(put.password)).toBe(password);
      expect([put.username, put.host, put.pathname]).toEqual([
        "tollgate_reader",
        "postgres:5432",
        "/tollgate",
      ]);
    }),
  );
});

test("a password that is its own variable is not put into the URL beside it", () => {
  const bank = z.object({ TBANK_URL: z.string(), TBANK_PASSWORD: z.string() });
  const given = { TBANK_URL: "https://bank.example", TBANK_PASSWORD_FILE: secretFile("secret") };
  expect(readEnvironment("test", bank, given)).toEqual({
    TBANK_URL: "https://bank.example",
    TBANK_PASSWORD: "secret",
  });
});

test("two passwords for one database are refused", () => {
  const twice = { BOT_TOKEN: "1:secret", DATABASE_URL: "postgres://a:first@b/c" };
  const said = problemOf({ ...twice, DATABASE_PASSWORD_FILE: secretFile("second") });
  expect(said).toContain("DATABASE_URL: holds a password, and DATABASE_PASSWORD is set too");
  expect(said).not.toMatch(/first|second/u);
});
