import { expect, test, vi } from "vitest";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { eventually } from "../drivers/eventually.ts";
import { memorySettings } from "../drivers/memory-settings.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { runScript } from "./run-script.ts";

/** Each command is a process, and they come one after the other. */
vi.setConfig({ testTimeout: 180_000 });

const settings = memorySettings("10.82.0.0/20");
const app = useTestApp({
  secondHost: { settings, host: new MemoryVpnHost(settings), capacity: 2 },
});

const hosts = (...args: readonly string[]) =>
  runScript(app, "tools/tollgate.ts", ["hosts", ...args]);

const done = (text: RegExp) => ({ code: 0, text: expect.stringMatching(text) });
const refused = (text: RegExp) => ({ code: 1, text: expect.stringMatching(text) });

test("an operator empties a host, sees how far it is, stops it, and gives up one that is lost", async () => {
  await app.rows("update hosts set state = 'draining' where name = 'two'");
  await app.customer();
  expect(await hosts("migrate", "one", "--to", "nowhere")).toEqual(refused(/no host "nowhere"/u));
  expect(await hosts("migrate", "one", "--to", "two")).toEqual(refused(/takes new devices/u));
  expect(await hosts("migrate", "one", "--rate", "0")).toMatchObject({ code: 1 });
  expect(await hosts("migrate", "one", "--abort")).toEqual(refused(/are not moving/u));
  // Nobody else takes devices: the migration waits.
  expect(await hosts("migrate", "one", "--rate", "600")).toEqual(done(/move to other hosts/u));
  await eventually(async () => {
    expect((await hosts("show", "one")).text).toMatch(/running since .*: 0 moved, .* 1 left/u);
  });
  expect(await hosts("resume", "one")).toEqual(refused(/--abort first/u));
  expect(await hosts("migrate", "one", "--abort")).toEqual(done(/keeps the devices/u));
  await eventually(async () => {
    expect(await app.rows("select 1 from host_migrations where state = 'aborted'")).toHaveLength(1);
  });
  await app.rows("update hosts set state = 'open' where name = 'two'");
  expect(await hosts("lost", "one")).toEqual(refused(/moves 1 devices at once[^]*--yes/u));
  expect(await hosts("lost", "one", "--yes")).toEqual(done(/is given up/u));
  await eventually(async () => {
    const rows = await app.rows<{ name: string }>(
      "select h.name from accesses a join hosts h on h.id = a.host_id where a.removed_at is null",
    );
    expect(rows).toEqual([{ name: "two" }]);
  });
  expect(await hosts("show", "one")).toEqual(refused(/there is no host/u));
});
