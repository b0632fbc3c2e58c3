import { expect, test } from "vitest";
import { clientOf, inDays, startRemnawave, startShop, token } from "./remnawave-client.ts";
import { endBy, newDataFile, runEmulator } from "./programs.ts";
import { eventually } from "./servers.ts";

const run = (variables: Readonly<Record<string, string>> = {}, dataFile?: string) =>
  runEmulator(
    "remnawave",
    { REMNAWAVE_EMULATOR_PORT: "0", REMNAWAVE_TOKEN: token, ...variables },
    dataFile,
  );

test("a killed panel comes back with its users, devices, clock and node", async () => {
  const dataFile = newDataFile();
  const before = await run({}, dataFile);
  const first = clientOf(before.url);
  await first.control("clock", { stopped: true });
  await first.advance(86_400);
  const { now } = await first.control<{ now: number }>("clock");
  const expireAt = new Date(now + 30 * 86_400_000).toISOString();
  const ann = await first.create("ann", { expireAt, hwidDeviceLimit: 0 });
  await first.subscription(ann.shortUuid, { "x-hwid": "phone-0000-0001" });
  await first.traffic("ann", 5);
  await endBy("SIGKILL", before);

  const second = clientOf((await run({}, dataFile)).url);
  expect(await second.control("clock")).toEqual({ now, stopped: true });
  expect(await second.find("ann")).toEqual(ann);
  expect((await second.api("GET", `/hwid/devices/${ann.id}`)).result).toMatchObject({ total: 1 });
  expect(await second.letIn()).toEqual([]);
  await second.advance(60);
  expect(await second.letIn()).toEqual(["ann"]);
  expect(await second.find("ann")).toMatchObject({ userTraffic: { usedTrafficBytes: 5 } });
  expect((await second.create("bob", { expireAt })).id).toBe(ann.id + 1);
});

test("an event that the shop missed comes after a restart", async () => {
  const dataFile = newDataFile();
  const { url, events } = await startShop([503]);
  const options = { dataFile, webhookUrl: url, webhookRetryMs: 3_600_000 };
  const first = await startRemnawave(options);
  await first.create("ann");
  await eventually(() => expect(events()).toHaveLength(1));
  await first.close();
  const second = await startRemnawave(options);
  await second.control("deliver", {});
  await eventually(() => expect(events()).toEqual(["user.created", "user.created"]));
});

test("without a data file nothing is kept", async () => {
  const { create, close } = await startRemnawave();
  await create("ann", { expireAt: inDays(1) });
  await close();
  expect(await (await startRemnawave()).control("users")).toEqual([]);
});

test("what keeps it from starting is said in one line, and a SIGTERM ends it", async () => {
  const { url } = await startRemnawave();
  const taken = await run({ REMNAWAVE_EMULATOR_PORT: new URL(url).port });
  expect(taken.firstLine).toContain(
    "is taken: stop what listens there or set REMNAWAVE_EMULATOR_PORT",
  );
  const wrong = await run({ REMNAWAVE_WEBHOOK_SECRET: "short" });
  expect(wrong.firstLine).toBe(
    "remnawave emulator: REMNAWAVE_WEBHOOK_SECRET: must be 32 or more letters and digits",
  );
  expect(await endBy("SIGTERM", await run())).toBe(0);
});
