import { expect, test, vi } from "vitest";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { eventually } from "../drivers/eventually.ts";
import { memorySettings } from "../drivers/memory-settings.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { runScript } from "./run-script.ts";

/** Each command is a process, and they come one after the other. */
vi.setConfig({ testTimeout: 180_000 });

const settings = memorySettings("10.83.0.0/20");
const app = useTestApp({ secondHost: { settings, host: new MemoryVpnHost(settings) } });

const hosts = (...args: readonly string[]) =>
  runScript(app, "tools/tollgate.ts", ["hosts", ...args]);

const done = (text: RegExp) => ({ code: 0, text: expect.stringMatching(text) });
const refused = (text: RegExp) => ({ code: 1, text: expect.stringMatching(text) });

test("an operator begins the maintenance of one host and of all, announces it, and ends it", async () => {
  await app.rows("update hosts set state = 'draining' where name = 'two'");
  await app.customer();
  await app.rows("update hosts set state = 'open' where name = 'two'");
  expect(await hosts("maintenance")).toEqual(refused(/needs a NAME or --all/u));
  expect(await hosts("maintenance", "nowhere")).toEqual(refused(/no host "nowhere"/u));
  expect(await hosts("maintenance", "one", "--until", "tomorrow")).toMatchObject({ code: 1 });
  expect(await hosts("maintenance", "one", "--end")).toEqual(refused(/is in no maintenance/u));
  const begin = ["maintenance", "one", "--text-en", "New disks", "--text-ru", "Новые диски"];
  const until = "2999-01-01T00:00Z";
  expect(await hosts(...begin)).toEqual(done(/one is in maintenance/u));
  expect(await hosts(...begin)).toEqual(done(/so already/u));
  expect(await hosts("maintenance", "one", "--until", until)).toEqual(
    done(/one is in maintenance/u),
  );
  // What is not given again stays.
  expect(await hosts("maintenance", "one")).toEqual(done(/so already/u));
  expect(await app.rows("select texts from host_maintenances")).toEqual([
    { texts: { en: "New disks", ru: "Новые диски" } },
  ]);
  expect((await hosts("list")).text).toMatch(/one +\S+ +maintenance/u);
  expect((await hosts("show", "one")).text).toMatch(
    /takes new devices: +no[^]*maintenance: +since .*, announced until 2999.*: 1 subscriptions/u,
  );
  expect(await hosts("maintenance", "one", "--give-back")).toEqual(refused(/that is over/u));
  expect(await hosts("maintenance", "--all")).toEqual(done(/two is in maintenance/u));
  expect(await hosts("maintenance", "--all", "--end")).toEqual(
    done(/one is in no[^]*two is in no/u),
  );
  expect(await hosts("maintenance", "--all", "--end")).toEqual(
    refused(/no host is in maintenance/u),
  );
});

test("an operator gives the time of maintenances that are over back after a look at the numbers, once", async () => {
  expect(await hosts("maintenance", "one", "--give-back")).toEqual(
    refused(/it lasted .*, and 1 subscriptions[^]*--yes/u),
  );
  expect(await app.rows("select 1 from give_backs")).toEqual([]);
  expect(await hosts("maintenance", "one", "--give-back", "--yes")).toEqual(done(/time back now/u));
  await eventually(async () => {
    expect((await hosts("show", "one")).text).toMatch(/giving back: done, 1 looked at, 1 given/u);
  });
  expect(await hosts("maintenance", "--all", "--give-back", "--yes")).toEqual(done(/^two gives/u));
  expect(await hosts("maintenance", "--all", "--give-back", "--yes")).toEqual(
    refused(/no maintenance that is over/u),
  );
  expect(await hosts("maintenance", "one", "--give-back", "--yes")).toEqual(done(/so already/u));
  expect(await app.rows("select 1 from time_lots where kind = 'maintenance'")).toHaveLength(1);
});
