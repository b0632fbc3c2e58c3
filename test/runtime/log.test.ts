import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLogger, scrub } from "../../runtime/log.ts";

const bytes = (count: number) =>
  fc.uint8Array({ minLength: count, maxLength: count }).map((drawn) => Buffer.from(drawn));

/** A secret, and the text around it as people and programs write it. */
const secret = fc.oneof(
  fc.tuple(fc.integer({ min: 10_000, max: 2 ** 31 }), bytes(26)).map(([id, it]) => {
    const part = it.toString("base64url");
    return { secret: part, text: `${id}:${part}` };
  }),
  fc.tuple(fc.nat(999_999), fc.stringMatching(/^[\w-]{4,20}$/u)).map(([id, part]) => {
    return { secret: `${id}:${part}`, text: `https://api.telegram.org/bot${id}:${part}/getMe` };
  }),
  bytes(32).map((key) => ({ secret: key.toString("base64"), text: key.toString("base64") })),
  bytes(32).map((key) => ({
    secret: key.toString("hex"),
    text: `private_key=${key.toString("hex")}`,
  })),
  bytes(32).map((key) => {
    const said = key.toString("base64");
    return { secret: said, text: `[Interface]\nPrivateKey = ${said}\nAddress = 10.0.0.2/32\n` };
  }),
  bytes(60).map((it) => ({
    secret: it.toString("base64url"),
    text: `vpn://${it.toString("base64url")}`,
  })),
  fc
    .tuple(
      fc.constantFrom("postgres", "postgresql", "redis", "rediss", "https"),
      fc.stringMatching(/^[\w!$%&*+,.;=?~^@()#-]{6,24}$/u).map((drawn) => `9Zq${drawn}`),
    )
    .map(([scheme, password]) => {
      return { secret: password, text: `${scheme}://user:${password}@db.example:5432/tollgate` };
    }),
);

const around = fc.constantFrom("", " ", "\n", '"', "\\", "error: ", "key=", "x", "(", "\t<");

/** Nests a value in objects and lists under harmless names. */
const place = fc.array(fc.constantFrom("a", "list", "reason", "error", "deep"), { maxLength: 6 });

const nested = (value: unknown, path: readonly string[]): unknown =>
  path.reduceRight<unknown>(
    (inner, key) => (key === "list" ? [1, inner, null] : { [key]: inner, n: 1 }),
    value,
  );

function logLine(write: (log: ReturnType<typeof createLogger>) => void): string {
  let said = "";
  write(createLogger("test", "info", { write: (line) => void (said += line) }));
  return said;
}

test("no secret survives in a log, anywhere and at any depth", () =>
  fc.assert(
    fc.property(secret, around, around, place, (drawn, before, after, path) => {
      const text = `${before}${drawn.text}${after}`;
      const line = logLine((log) => log.info({ found: nested(text, path) }, "something"));
      expect(line).not.toContain(drawn.secret);
      expect(JSON.parse(line)).toMatchObject({ msg: "something", name: "test" });
      const written = logLine((log) => log.info(text));
      expect(written).not.toContain(drawn.secret);
      const failed = logLine((log) => log.error({ err: new Error(text) }, "failed"));
      expect(failed).not.toContain(drawn.secret);
      expect(scrub(text)).not.toContain(drawn.secret);
    }),
    { numRuns: 1_000 },
  ));

const names = [
  "token",
  "secret",
  "password",
  "authorization",
  "privateKey",
  "presharedKey",
  "conf",
];

test("a value under a secret's name is hidden, whatever it looks like", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...names, "importLink", "qrText"),
      fc.string({ minLength: 5 }),
      place,
      (name, value, path) => {
        const marked = `${randomBytes(6).toString("hex")}${value}`;
        const line = logLine((log) => log.info({ it: nested({ [name]: marked }, path) }, "x"));
        expect(line).not.toContain(marked.slice(0, 12));
        expect(JSON.parse(line)).toMatchObject({ msg: "x" });
      },
    ),
    { numRuns: 300 },
  ));

test("what is not a secret is unchanged", () => {
  const facts = {
    updateId: 100_000_001,
    from: 5_001,
    at: "2026-11-21T10:00:00.000Z",
    id: "0193a7c0-1111-7000-8000-000000000000",
    workflowId: "approval:signup:5001",
    url: "http://127.0.0.1:8000/healthz",
    database: "postgres://db.example:5432/tollgate",
  };
  expect(JSON.parse(logLine((log) => log.info(facts, "as it is")))).toMatchObject(facts);
});

/**
 * The beginning of each pattern, so that its repetition starts a match everywhere
 * and completes none.
 */
const fragments = [
  ["a.", "a", ":", "://", "a://b:", "@", "a://b:c@", '"', "\\", " ", "\\n", "x+/", "="],
  ['"token":"', '\\"token\\":\\"', "/bot1", "/bot", "12345", "1234567890:", "vpn://"],
  ["private_key", "privatekey = ", "presharedKey="],
].flat();

test("a line is scrubbed in linear time, also the worst ones", () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 3 }),
      fc.constantFrom("", "@", '"', " x"),
      (drawn, end) => {
        const part = drawn.join("");
        const line = part.repeat(300_000 / part.length) + end;
        const begun = performance.now();
        scrub(line);
        // A microsecond per character is usual here; quadratic time would be minutes.
        expect(performance.now() - begun).toBeLessThan(6_000);
      },
    ),
    {
      numRuns: 60,
      examples: [
        [["a."], "@"],
        [["a://b:"], ""],
        [["a://b:"], "@"],
      ],
    },
  ));

test("a megabyte that looks like the beginnings of URLs loses its secrets in seconds", () => {
  const line = `${"a.".repeat(500_000)} ${"a://b:".repeat(150_000)} postgres://u:hunter2@h/d`;
  const begun = performance.now();
  expect(scrub(line)).not.toContain("hunter2");
  expect(performance.now() - begun).toBeLessThan(10_000);
});
