import { expect, test } from "vitest";
import { Refused } from "../../gateways/refused.ts";
import type { Access, Credentials, VpnHost } from "../../gateways/vpn-host.ts";
import { searchAttributes } from "../../workflows/contract.ts";
import { hourMs } from "../../domain/time.ts";
import { useStage } from "../support/stage.ts";
import type { Person } from "../support/person.ts";
import { eventually } from "../support/eventually.ts";

/** What the host does with the next grants; changed by each test. */
type Mood = "well" | "away" | "refuses" | "answerLost";
let mood: Mood = "well";

const reachable = async (): Promise<void> => {
  if (mood === "away") throw new Error("connect ETIMEDOUT");
};

const stage = useStage({
  host: (real) => {
    const grant = async (access: Access): Promise<Credentials> => {
      if (mood === "away") throw new Error("connect ETIMEDOUT");
      if (mood === "refuses") throw new Refused("the host does not like this key");
      const given = await real.grant(access);
      if (mood !== "answerLost") return given;
      mood = "well";
      throw new Error("the answer was lost");
    };
    const revoke: VpnHost["revoke"] = async (key) => {
      if (mood === "away") throw new Error("connect ETIMEDOUT");
      await real.revoke(key);
    };
    return {
      grant,
      revoke,
      restore: async (accesses) => {
        await reachable();
        await real.restore(accesses);
      },
      list: async () => {
        await reachable();
        return real.list();
      },
      usage: () => real.usage(),
      describe: () => real.describe(),
    };
  },
});

async function approved(): Promise<Person> {
  const [person, admin] = [stage.person(), await stage.admin()];
  await person.asksForAccess();
  await admin.presses(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
  return person;
}

async function needsHuman(person: Person): Promise<boolean | undefined> {
  const handle = stage.client.workflow.getHandle(await stage.subscriptionOf(person));
  return (await handle.describe()).typedSearchAttributes.get(searchAttributes.needsHuman);
}

const firstKey = (person: Person) =>
  eventually(async () => expect(await person.keys()).toHaveLength(1), 45_000);

test("a host that is away: the customer is told, operators see it, and the key comes when it is back", async () => {
  mood = "away";
  const person = await approved();
  await person.hears(/does not answer just now/u);
  await eventually(async () => expect(await needsHuman(person)).toBe(true));
  const subscription = await stage.subscriptionOf(person);
  await stage.pass(subscription, hourMs);
  expect(await person.keys()).toEqual([]);
  mood = "well";
  await stage.pass(subscription, hourMs);
  await firstKey(person);
  await eventually(async () => expect(await needsHuman(person)).toBe(false));
  const told = (await person.heard()).filter((text) => text.includes("does not answer"));
  expect(told).toHaveLength(1);
  expect((await stage.host.list()).peers).toHaveLength(1);
});

test("a host that says no: the same, and it is asked again every few minutes", async () => {
  mood = "refuses";
  const before = (await stage.host.list()).peers.length;
  const person = await approved();
  await person.hears(/did not accept/u);
  await eventually(async () => expect(await needsHuman(person)).toBe(true));
  mood = "well";
  await stage.pass(await stage.subscriptionOf(person), hourMs);
  await firstKey(person);
  expect((await stage.host.list()).peers).toHaveLength(before + 1);
});

test("a host that did it and whose answer was lost: one peer, one key, and nobody notices", async () => {
  mood = "answerLost";
  const before = (await stage.host.list()).peers.length;
  const person = await approved();
  await firstKey(person);
  expect((await stage.host.list()).peers).toHaveLength(before + 1);
  expect((await person.heard()).join()).not.toContain("does not answer");
});

test("a device that is removed while its host is away is off the host when it is back", async () => {
  mood = "well";
  const person = await stage.customer();
  const peers = (await stage.host.list()).peers.length;
  mood = "away";
  await person.say("/devices");
  await person.presses(/^device-open:/u);
  await person.presses(/^device-sure-revoke:/u);
  await person.presses(/^device-revoke:/u);
  await person.hears(/change is noted/u);
  expect((await stage.host.list()).peers).toHaveLength(peers);
  mood = "well";
  await stage.pass(await stage.subscriptionOf(person), hourMs);
  await person.hears(/is removed/u);
  expect((await stage.host.list()).peers).toHaveLength(peers - 1);
});

test("when it is Telegram that fails, nobody is told that it is the VPN server", async () => {
  mood = "well";
  const fault = { method: "sendDocument", kind: "502", times: 5 };
  await fetch(`${stage.emulatorUrl}/control/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fault),
  });
  const person = await approved();
  await stage.pass(await stage.subscriptionOf(person), hourMs);
  await firstKey(person);
  expect((await person.heard()).join()).not.toMatch(/VPN server/u);
});
