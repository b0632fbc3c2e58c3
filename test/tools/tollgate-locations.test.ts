import { expect, test, vi } from "vitest";
import { useTestApp } from "../drivers/test-app.ts";
import { runScript } from "./run-script.ts";

/** Each command is a process, and they come one after the other. */
vi.setConfig({ testTimeout: 180_000 });

const app = useTestApp({ storedHosts: true });
const run = (...args: readonly string[]) => runScript(app, "tools/tollgate.ts", args);
const locations = (...args: readonly string[]) => run("locations", ...args);

const done = (text: RegExp) => ({ code: 0, text: expect.stringMatching(text) });
const refused = (text: RegExp) => ({ code: 1, text: expect.stringMatching(text) });

test("locations are added, changed, given hosts, listed and removed at the command line", async () => {
  expect(await locations()).toEqual(done(/there is no location yet/u));
  expect(await locations("add", "nl", "🇳🇱", "The", "Netherlands")).toEqual(
    done(/^The location nl is there/u),
  );
  expect(await locations("add", "nl", "🇳🇱", "Again")).toEqual(refused(/with this code/u));
  expect(await locations("edit", "nl", "groups", "eu")).toEqual(done(/^groups of nl is set/u));
  expect(await locations("edit", "nl", "order", "many")).toEqual(refused(/from 0 to 9999/u));
  expect(await locations("edit", "fr", "order", "1")).toEqual(refused(/no such location/u));
  expect(await run("hosts", "edit", "one", "--location", "fr")).toEqual(
    refused(/no such location/u),
  );
  expect(await run("hosts", "edit", "one", "--location", "nl")).toEqual(done(/^one is changed/u));
  expect(await run("hosts", "edit", "one", "--location", "nl")).toEqual(done(/so already/u));
  await app.customer();
  expect((await locations("list")).text).toMatch(
    /^nl: 🇳🇱 The Netherlands \/ The Netherlands, offered, for all, order 1, groups eu; 1 of \d+ devices on one\nin no location: no host$/mu,
  );
  expect((await run("hosts", "show", "one")).text).toMatch(/^location: +nl$/mu);
  expect(await locations("remove", "nl")).toEqual(refused(/hosts are in it/u));
  expect(await run("hosts", "edit", "one", "--location", "none")).toEqual(done(/is changed/u));
  expect(await locations("remove", "nl")).toEqual(done(/^The location nl is removed/u));
});

test("a plan's location groups are set and listed at the command line", async () => {
  expect(await run("plans", "set", "month", "locations", "eu", "premium")).toEqual(
    done(/new version/u),
  );
  expect((await run("plans")).text).toMatch(/^month version 2: .*, locations eu premium$/mu);
  expect(await run("plans", "set", "month", "locations", "E U/")).toEqual(
    refused(/groups of locations/u),
  );
  expect(await run("plans", "set", "month", "locations", "off")).toEqual(done(/new version/u));
  expect((await run("plans")).text).toMatch(/^month version 3: (?!.*locations)/mu);
});

test.each([
  [["locations", "add", "nl"], /locations takes/u],
  [["locations", "edit", "nl", "colour", "red"], /no field "colour"/u],
])("%j is answered with how it is used", async (args, words) => {
  expect(await run(...args)).toEqual(refused(words));
});
