import { expect, test } from "vitest";
import { hostNeedsHuman, peersOf, settles, stateOf } from "../support/access.ts";
import { eventually } from "../support/eventually.ts";
import { FailingHost } from "../support/failing-host.ts";
import type { Person } from "../support/person.ts";
import { useStage } from "../support/stage.ts";
import { breakTelegram } from "../support/telegram-faults.ts";

let host: FailingHost;
const stage = useStage({ host: (real) => (host = new FailingHost(real)) });

async function approved(): Promise<Person> {
  const [person, admin] = [stage.person(), await stage.admin()];
  await person.asksForAccess();
  await admin.presses(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
  return person;
}

const firstKey = (person: Person) =>
  eventually(async () => expect(await person.keys()).toHaveLength(1), 45_000);

async function removesDevice(person: Person): Promise<void> {
  await person.say("/devices");
  await person.presses(/^device-open:/u);
  await person.presses(/^device-sure-revoke:/u);
  await person.presses(/^device-revoke:/u);
}

const operatorsSee = (trouble: boolean) =>
  eventually(async () => expect((await hostNeedsHuman(stage)) ?? false).toBe(trouble));

test("a host that is away: the customer is told, operators see it, and the key comes when it is back", async () => {
  const admin = await stage.admin();
  host.mood = "away";
  const person = await approved();
  await person.hears(/is not responding/u);
  await operatorsSee(true);
  await admin.hears(/The server one is not responding: connect ETIMEDOUT/u);
  expect(await person.keys()).toEqual([]);
  host.mood = "well";
  await firstKey(person);
  await operatorsSee(false);
  await admin.hears(/The server one is back/u);
  const told = (await person.heard()).filter((text) => text.includes("not responding"));
  expect(told).toHaveLength(1);
  expect(await peersOf(stage, person)).toHaveLength(1);
  expect((await stage.host.list()).peers).toHaveLength(1);
});

test("a host that says no: the same, and it is asked again by itself", async () => {
  host.mood = "refuses";
  const before = (await stage.host.list()).peers.length;
  const person = await approved();
  await person.hears(/did not accept/u);
  await operatorsSee(true);
  host.mood = "well";
  await firstKey(person);
  await operatorsSee(false);
  expect((await stage.host.list()).peers).toHaveLength(before + 1);
});

test("a host that did it and whose answer was lost: one peer, one key, and nobody notices", async () => {
  host.mood = "answerLost";
  const before = (await stage.host.list()).peers.length;
  const person = await approved();
  await firstKey(person);
  expect((await stage.host.list()).peers).toHaveLength(before + 1);
  expect((await person.heard()).join()).not.toContain("not responding");
});

test("a device that is removed while its host is away is off the host when it is back", async () => {
  host.mood = "well";
  const person = await stage.customer();
  await settles(stage, person, "active", 1);
  const peers = (await stage.host.list()).peers.length;
  host.mood = "away";
  await removesDevice(person);
  await person.hears(/is removed/u);
  expect((await stage.host.list()).peers).toHaveLength(peers);
  host.mood = "well";
  await settles(stage, person, "active", 0);
  expect((await stage.host.list()).peers).toHaveLength(peers - 1);
});

test("a host that refuses one access has all the others, and takes off whom the books do not let in", async () => {
  host.mood = "well";
  const leaving = await stage.customer();
  await settles(stage, leaving, "active", 1);
  host.mood = "refuses";
  const refused = await approved();
  await refused.hears(/did not accept/u);
  await removesDevice(leaving);
  await settles(stage, leaving, "active", 0);
  expect(await stateOf(stage, refused)).toBe("active");
  host.mood = "well";
  await firstKey(refused);
});

test("when it is Telegram that fails, nobody is told that it is the VPN server", async () => {
  host.mood = "well";
  await breakTelegram(stage, { method: "sendDocument", kind: "502", times: 5 });
  const person = await approved();
  await firstKey(person);
  expect((await person.heard()).join()).not.toMatch(/VPN server/u);
});
