import { expect, test } from "vitest";
import { hostNeedsHuman, peersOf, stateOf, waitForState } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { FailingHost } from "../drivers/failing-host.ts";
import type { Person } from "../drivers/person.ts";
import { breakTelegram } from "../drivers/telegram-faults.ts";
import { useTestApp } from "../drivers/test-app.ts";

let host: FailingHost;
const app = useTestApp({ host: (real) => (host = new FailingHost(real)) });

async function addApprovedPerson(): Promise<Person> {
  const person = app.person();
  const admin = await app.admin();
  await person.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
  return person;
}

const waitForFirstKey = (person: Person) =>
  eventually(async () => expect(await person.listKeys()).toHaveLength(1), 45_000);

async function removeDevice(person: Person): Promise<void> {
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  await person.pressButton(/^device-sure-revoke:/u);
  await person.pressButton(/^device-revoke:/u);
}

const waitUntilOperatorsSee = (trouble: boolean) =>
  eventually(async () => expect((await hostNeedsHuman(app)) ?? false).toBe(trouble));

test("a host that is away: the customer is notified, operators see it, and the key comes when it is back", async () => {
  const admin = await app.admin();
  host.behaviour = "away";
  const person = await addApprovedPerson();
  await person.waitForMessage(/is not responding/u);
  await waitUntilOperatorsSee(true);
  await admin.waitForMessage(/The server one is not responding: connect ETIMEDOUT/u);
  expect(await person.listKeys()).toEqual([]);
  host.behaviour = "well";
  await waitForFirstKey(person);
  await waitUntilOperatorsSee(false);
  await admin.waitForMessage(/The server one is back/u);
  const notices = (await person.listTexts()).filter((text) => text.includes("not responding"));
  expect(notices).toHaveLength(1);
  expect(await peersOf(app, person)).toHaveLength(1);
  expect((await app.host.list()).peers).toHaveLength(1);
});

test("a host that says no: the same, and it is asked again by itself", async () => {
  host.behaviour = "refuses";
  const before = (await app.host.list()).peers.length;
  const person = await addApprovedPerson();
  await person.waitForMessage(/did not accept/u);
  await waitUntilOperatorsSee(true);
  host.behaviour = "well";
  await waitForFirstKey(person);
  await waitUntilOperatorsSee(false);
  expect((await app.host.list()).peers).toHaveLength(before + 1);
});

test("a host that made the change but whose answer was lost: one peer, one key, and nobody notices", async () => {
  host.behaviour = "answerLost";
  const before = (await app.host.list()).peers.length;
  const person = await addApprovedPerson();
  await waitForFirstKey(person);
  expect((await app.host.list()).peers).toHaveLength(before + 1);
  expect((await person.listTexts()).join()).not.toContain("not responding");
});

test("a device that is removed while its host is away is off the host when it is back", async () => {
  host.behaviour = "well";
  const person = await app.customer();
  await waitForState(app, person, "active", 1);
  const peers = (await app.host.list()).peers.length;
  host.behaviour = "away";
  await removeDevice(person);
  await person.waitForMessage(/is removed/u);
  expect((await app.host.list()).peers).toHaveLength(peers);
  host.behaviour = "well";
  await waitForState(app, person, "active", 0);
  expect((await app.host.list()).peers).toHaveLength(peers - 1);
});

test("a host that refuses one access has all the others, and takes off whom the books do not let in", async () => {
  host.behaviour = "well";
  const leaving = await app.customer();
  await waitForState(app, leaving, "active", 1);
  host.behaviour = "refuses";
  const refused = await addApprovedPerson();
  await refused.waitForMessage(/did not accept/u);
  await removeDevice(leaving);
  await waitForState(app, leaving, "active", 0);
  expect(await stateOf(app, refused)).toBe("active");
  host.behaviour = "well";
  await waitForFirstKey(refused);
});

test("when Telegram fails, no message blames the VPN server", async () => {
  host.behaviour = "well";
  await breakTelegram(app, { method: "sendDocument", kind: "502", times: 5 });
  const person = await addApprovedPerson();
  await waitForFirstKey(person);
  expect((await person.listTexts()).join()).not.toMatch(/VPN server/u);
});
