import { expect, test } from "vitest";
import { endBy, newDataFile, runEmulator } from "./programs.ts";
import { clientOf, startXui, token } from "./x-ui-client.ts";

const run = (variables: Readonly<Record<string, string>> = {}, dataFile?: string) => {
  const ports = { X_UI_EMULATOR_PORT: "0", X_UI_EMULATOR_SUBSCRIPTION_PORT: "0" };
  return runEmulator("x-ui", { ...ports, X_UI_TOKEN: token, ...variables }, dataFile);
};

test("a killed panel comes back with its clients, what they used, its clock and its core", async () => {
  const dataFile = newDataFile();
  const before = await run({}, dataFile);
  const first = clientOf(before.url);
  await first.control("clock", { stopped: true });
  await first.add("ann", { totalGB: 100 }, [1, 3]);
  await first.traffic("ann", 7);
  await first.advance(5);
  await first.traffic("ann", 5);
  await first.switches({ resets_come_back: true });
  const found = await first.find("ann");
  const clock = await first.control("clock");
  await endBy("SIGKILL", before);

  const second = clientOf((await run({}, dataFile)).url);
  expect(await second.find("ann")).toEqual(found);
  expect(await second.control("clock")).toEqual(clock);
  expect(await second.letIn()).toEqual(["ann 1", "ann 3"]);
  expect(await second.control("switches")).toMatchObject({ resets_come_back: true });
  await second.advance(5);
  expect(await second.usage("ann")).toMatchObject({ down: 12 });
  await second.add("bob");
  expect((await second.get("bob"))["id"]).toBe(2);
});

test("without a data file nothing is kept", async () => {
  const { add, close } = await startXui();
  await add("ann");
  await close();
  expect((await (await startXui()).api("GET", "/clients/list")).obj).toEqual([]);
});

test("what keeps it from starting is said in one line, by the port that is taken", async () => {
  const { url, control } = await startXui();
  const taken = await run({ X_UI_EMULATOR_PORT: new URL(url).port });
  expect(taken.firstLine).toContain("is taken: stop what listens there or set X_UI_EMULATOR_PORT");
  const { subscription_url } = await control<{ subscription_url: string }>("info");
  const port = new URL(subscription_url).port;
  const second = await run({ X_UI_EMULATOR_SUBSCRIPTION_PORT: port });
  expect(second.firstLine).toContain(
    `port ${port} is taken: stop what listens there or set X_UI_EMULATOR_SUBSCRIPTION_PORT`,
  );
  const wrong = await run({ X_UI_EMULATOR_BASE_PATH: "secret" });
  expect(wrong.firstLine).toBe(
    "x-ui emulator: X_UI_EMULATOR_BASE_PATH: begins and ends with a slash",
  );
});

test("a SIGTERM ends it", async () => {
  expect(await endBy("SIGTERM", await run())).toBe(0);
});
