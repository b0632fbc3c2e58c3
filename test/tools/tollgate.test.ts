import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { useTestApp } from "../drivers/test-app.ts";
import { runScript } from "./run-script.ts";

const app = useTestApp();

/** Runs `npm run tollgate -- …` on the app. */
const runTollgate = (...args: readonly string[]) => runScript(app, "tools/tollgate.ts", args);

test("settings are listed with who has set them, set, read and reset", async () => {
  const before = await runTollgate("settings");
  expect(before.text).toMatch(/^name = Tollgate \(built in\)$/mu);
  expect(before.text).toMatch(/^trial = 3d \(environment\)$/mu);
  const set = await runTollgate("settings", "set", "name", "Fast", "VPN");
  expect(set).toEqual({ code: 0, text: expect.stringMatching(/^name is set\. /u) });
  expect(await runTollgate("settings", "get", "name")).toEqual({ code: 0, text: "Fast VPN\n" });
  expect((await runTollgate("settings", "get")).text).toMatch(/^name = Fast VPN \(admin\)$/mu);
  const again = await runTollgate("settings", "set", "name", "Fast VPN");
  expect(again).toEqual({ code: 0, text: "It is so already.\n" });
  expect((await runTollgate("settings", "reset", "name")).code).toBe(0);
  expect((await runTollgate("settings", "get", "name")).text).toBe("Tollgate\n");
  const rows = await app.rows("select actor, act from audit_log order by at");
  expect(rows).toEqual([
    { actor: 0, act: "setting" },
    { actor: 0, act: "setting" },
  ]);
});

test("a value that cannot be is refused with what to do, and nothing changes", async () => {
  const refused = await runTollgate("settings", "set", "zone", "Moscow time");
  expect(refused).toEqual({
    code: 1,
    text: expect.stringMatching(/cannot be used\. .*Europe\/Moscow/u),
  });
  expect((await runTollgate("settings", "get", "zone")).text).toBe("UTC\n");
});

test.each([
  [[], /^usage:/u],
  [["money"], /"money" is not a command/u],
  [["settings", "get", "colour"], /"colour" is not a setting/u],
  [["settings", "set", "name"], /which value should name have/u],
  [["plans", "set", "month"], /plans takes/u],
  [["plans", "set", "month", "colour", "red"], /no field "colour"/u],
])("%j is answered with how it is used", async (args, words) => {
  const { code, text } = await runTollgate(...args);
  expect(code).toBe(1);
  expect(text).toMatch(words);
  expect(text).toContain("settings set KEY VALUE");
});

test("plans are listed, changed and added", async () => {
  expect((await runTollgate("plans")).text).toMatch(
    /^month version 1: .*, 3 devices, sale all, .*300 RUB/mu,
  );
  expect(await runTollgate("plans", "set", "month", "price-RUB", "350")).toMatchObject({ code: 0 });
  expect((await runTollgate("plans")).text).toMatch(/^month version 2: .*350 RUB/mu);
  const gone = await runTollgate("plans", "set", "gone", "days", "5");
  expect(gone).toEqual({ code: 1, text: expect.stringMatching(/no such plan/u) });
  const added = await runTollgate("plans", "add", "Weekend");
  expect(added).toEqual({ code: 0, text: expect.stringMatching(/plan-1 is there/u) });
  const early = await runTollgate("plans", "set", "plan-1", "sale", "all");
  expect(early).toEqual({ code: 1, text: expect.stringMatching(/needs a price/u) });
});

test("the image's command does the same, and is given the password as a file", async () => {
  const url = new URL(app.books.url);
  const folder = mkdtempSync(join(tmpdir(), "tollgate-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "password");
  writeFileSync(file, decodeURIComponent(url.password));
  url.password = "";
  const more = { DATABASE_URL: url.href, DATABASE_PASSWORD_FILE: file };
  const run = (...args: readonly string[]) => runScript(app, "deploy/tollgate.ts", args, more);
  expect(await run("settings", "set", "name", "Fast VPN")).toMatchObject({ code: 0 });
  expect(await run("settings", "get", "name")).toEqual({ code: 0, text: "Fast VPN\n" });
  expect(await run("settings", "reset", "name")).toMatchObject({ code: 0 });
  expect((await run("plans")).text).toMatch(/^month version \d/mu);
  expect((await run("books")).text).toMatch(/the books agree$/mu);
  const without = await runScript(app, "deploy/tollgate.ts", ["plans"], { DATABASE_URL: "" });
  expect(without).toEqual({ code: 1, text: expect.stringMatching(/DATABASE_URL: /u) });
});

test("all that the image's command imports is in the image", () => {
  const copied = [...readFileSync("Dockerfile", "utf8").matchAll(/^COPY ([\w/]+) \.\//gmu)];
  const folders = copied.map(([, folder = ""]) => `${folder}/`);
  const seen = new Set<string>();
  const follow = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const imports = readFileSync(path, "utf8").matchAll(/^(?:import|\}) .*from "(\.[^"]+)";$/gmu);
    for (const [, from = ""] of imports) follow(join(dirname(path), from));
  };
  follow("deploy/tollgate.ts");
  expect(seen.size).toBeGreaterThan(20);
  const missing = [...seen].filter((path) => !folders.some((folder) => path.startsWith(folder)));
  expect(missing).toEqual([]);
});
