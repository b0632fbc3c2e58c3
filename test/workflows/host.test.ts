import { expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { ensureReconcilers } from "../../client/reconcilers.ts";
import { generateKeyPair } from "../../gateways/hosts/amneziawg/keys.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { hostNeedsHuman, identitiesOf, peersOf, waitForState } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp();

/** A peer that is not ours, outside our addresses. */
const stranger = () => ({ identity: generateKeyPair().publicKey, addresses: ["10.99.0.7"] });

const peers = async () => (await app.host.list()).peers.map(({ identity }) => identity);
const hostWorkflow = () => app.client.workflow.getHandle(workflowIds.host(app.hostId));

async function readComparedAt(): Promise<number> {
  const hosts = app.query().selectFrom("hosts").select("seenAt");
  const { seenAt } = await hosts.where("id", "=", app.hostId).executeTakeFirstOrThrow();
  return seenAt?.getTime() ?? Number.NaN;
}

/** Waits until two whole comparisons have been made. */
async function waitForComparison(): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    const before = await readComparedAt();
    await hostWorkflow().signal("checkNow");
    await eventually(async () => expect(await readComparedAt()).toBeGreaterThan(before));
  }
}

/** Waits until its signals are handled and only its loop is running. */
const waitUntilSignalsHandled = () =>
  eventually(async () => {
    const { pendingActivities, pendingWorkflowTask: task } = (await hostWorkflow().describe()).raw;
    const steps = (pendingActivities ?? []).map(({ activityType }) => activityType?.name);
    expect([task ?? undefined, ...steps]).toEqual([undefined, "reconcileHost"]);
  });

/** The number of accesses that are not yet on the host, or off it, as the books want. */
async function countUnfollowed(): Promise<number> {
  const accesses = app.query().selectFrom("accesses").select("identity");
  const unfollowed = await accesses
    .where("removedAt", "is", null)
    .where((column) =>
      column.or([column("retiredAt", "is not", null), column("onHost", "=", false)]),
    )
    .execute();
  return unfollowed.length;
}

async function removeDevice(person: Person): Promise<void> {
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  await person.pressButton(/^device-sure-revoke:/u);
  await person.pressButton(/^device-revoke:/u);
  await person.waitForMessage(/is removed/u);
}

test("a host that restarted gets its peers back, and no others", async () => {
  const first = await app.customer();
  const second = await app.customer();
  await waitForState(app, first, "active", 1);
  await waitForState(app, second, "active", 1);
  const before = await peers();
  await removeDevice(second);
  await waitForState(app, second, "active", 0);
  app.host.restart();
  expect(await peers()).toEqual([]);
  const [left] = await eventually(async () => {
    const back = await peersOf(app, first);
    expect(back).toHaveLength(1);
    return back;
  });
  await waitForComparison();
  expect(await peers()).toEqual([left]);
  expect(before).toContain(left);
});

test("a peer that is not ours is never touched; one that was ours and is not any more is taken off", async () => {
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  const foreign = stranger();
  app.host.put(foreign.identity, { ...foreign, presharedHash: undefined });
  const state = await app.host.list();
  const [mine] = await peersOf(app, bob);
  const old = state.peers.find(({ identity }) => identity === mine)!;
  await removeDevice(bob);
  await waitForState(app, bob, "active", 0);
  // As when the host is restored from an earlier backup.
  app.host.put(old.identity, old);
  await eventually(async () => expect(await peers()).not.toContain(old.identity));
  await waitForComparison();
  expect(await peers()).toContain(foreign.identity);
  await app.host.remove([foreign.identity]);
});

test("a peer of ours that somebody has changed on the host is mended", async () => {
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  const [mine] = await peersOf(app, bob);
  const of = async () => (await app.host.list()).peers.find(({ identity }) => identity === mine);
  const before = (await of())!;
  const { addresses, presharedHash } = before;
  app.host.put(before.identity, { addresses: ["0.0.0.0/0"], presharedHash: undefined });
  await eventually(async () => expect(await of()).toMatchObject({ addresses, presharedHash }));
});

test("more drift than a comparison may remove waits for an admin's yes, and who has no right is removed nevertheless", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const eve = await app.customer();
  for (const one of [bob, eve]) await waitForState(app, one, "active", 1);
  const keys = 14;
  const calendar = app.client.workflow.getHandle(await app.subscriptionOf(bob));
  const deviceId = calendar.workflowId.replace("subscription:", "");
  for (let n = 1; n < keys; n += 1) {
    await calendar.signal("deviceRequested", {
      kind: "reissue",
      requestId: `${deviceId}/${n}`,
      deviceId,
    });
  }
  await eventually(async () => {
    expect(await identitiesOf(app, bob)).toHaveLength(keys);
    expect(await countUnfollowed()).toBe(0);
  });
  await waitForState(app, bob, "active", 1);
  const [living] = await peersOf(app, bob);
  const former = (await identitiesOf(app, bob)).filter((identity) => identity !== living);
  // The host is restored from a backup: replaced keys are there again.
  const taken = new Set((await app.host.list()).peers.flatMap(({ addresses }) => addresses));
  const next = Array.from({ length: 100 }, (_, n) => `10.9.0.${n + 2}`).filter(
    (one) => !taken.has(one),
  );
  for (const [n, identity] of former.entries()) {
    app.host.put(identity, { addresses: [next[n]!], presharedHash: undefined });
  }
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(true));
  const [lefts] = await peersOf(app, eve);
  const freed = (await app.host.list()).peers.find(({ identity }) => identity === lefts)!;
  await removeDevice(eve);
  await waitForState(app, eve, "active", 0);
  await waitForComparison();
  expect(await peersOf(app, bob)).toHaveLength(keys);
  // A customer who gets the address of one of them is served anyway: all of the lowest addresses
  // are taken by now.
  app.host.put(former.at(-1)!, { addresses: freed.addresses, presharedHash: undefined });
  const dan = await app.customer();
  await waitForState(app, dan, "active", 1);
  expect(await peersOf(app, bob)).toHaveLength(keys - 1);
  await admin.waitForMessage(/1[23] extra peers on .*one/u);
  await admin.pressButton(/^decide:host:\w+:\w+:approve$/u);
  await waitForState(app, bob, "active", 1);
  expect(await peersOf(app, bob)).toEqual([living]);
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(false));
});

test("admins are asked once about an unknown peer in our addresses, and their approval removes it", async () => {
  const admin = await app.admin();
  const unknown = { identity: generateKeyPair().publicKey, addresses: ["10.9.15.200"] };
  app.host.put(unknown.identity, { ...unknown, presharedHash: undefined });
  await admin.waitForMessage(/1 unknown peer on one/u);
  await waitForComparison();
  expect(await peers()).toContain(unknown.identity);
  const asked = (await admin.listTexts()).filter((words) => /1 unknown peer on one/u.test(words));
  expect(asked).toHaveLength(1);
  await admin.pressButton(/^decide:host:\w+:\w+:approve$/u);
  await eventually(async () => expect(await peers()).not.toContain(unknown.identity));
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(false));
});

test("an answer about a host counts also where the workflow that asked was ended meanwhile", async () => {
  const admin = await app.admin();
  const before = (await admin.chat()).length;
  const unknown = { identity: generateKeyPair().publicKey, addresses: ["10.9.15.205"] };
  app.host.put(unknown.identity, { ...unknown, presharedHash: undefined });
  await eventually(async () => {
    const asked = (await admin.chat()).slice(before).map(({ text = "" }) => text);
    expect(asked).toContainEqual(expect.stringMatching(/1 unknown peer on one/u));
  });
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(true));
  await waitForComparison();
  await hostWorkflow().terminate("by an operator");
  await ensureReconcilers(new DurableClient(app.client), {
    hosts: [{ id: app.hostId, name: "one" }],
    gateways: [],
  });
  await waitForComparison();
  await admin.pressButton(/^decide:host:\w+:\w+:approve$/u);
  await eventually(async () => expect(await peers()).not.toContain(unknown.identity));
});

test("peers in our addresses that an admin wants to keep stay, and only about others is anybody asked again", async () => {
  const admin = await app.admin();
  const before = (await admin.chat()).length;
  const asked = async (what: RegExp) =>
    (await admin.chat()).slice(before).filter(({ text = "" }) => what.test(text)).length;
  const strangers = ["10.9.15.210", "10.9.15.211"].map((address) => {
    return { identity: generateKeyPair().publicKey, addresses: [address] };
  });
  for (const one of strangers) app.host.put(one.identity, { ...one, presharedHash: undefined });
  await eventually(async () => expect(await asked(/2 unknown peers on one/u)).toBe(1));
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(true));
  await admin.pressButton(/^decide:host:\w+:\w+:reject$/u);
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(false));
  await waitForComparison();
  // Still only the message of the decided approval, which now shows the decision.
  expect(await asked(/peers? on one/u)).toBe(1);
  const identities = strangers.map(({ identity }) => identity);
  expect(await peers()).toEqual(expect.arrayContaining(identities));
  const other = { identity: generateKeyPair().publicKey, addresses: ["10.9.15.212"] };
  app.host.put(other.identity, { ...other, presharedHash: undefined });
  await eventually(async () => expect(await asked(/1 unknown peer on one/u)).toBe(1));
  await admin.pressButton(/^decide:host:\w+:\w+:approve$/u);
  await eventually(async () => expect(await peers()).not.toContain(other.identity));
  expect(await peers()).toEqual(expect.arrayContaining(identities));
  await app.host.remove(identities);
});

test("what the host's counters say is in /usage within a comparison", async () => {
  const bob = await app.customer();
  await bob.send("/usage");
  await bob.waitForMessage(/No traffic yet/u);
  await waitForState(app, bob, "active", 1);
  const [mine] = await peersOf(app, bob);
  app.host.carry(mine!, 2_048, 5 * 1_024 * 1_024);
  await eventually(async () => {
    const counters = app.query().selectFrom("traffic_counters").select(["uploaded", "downloaded"]);
    const moved = await counters.where("identity", "=", mine!).execute();
    expect(moved).toEqual([{ uploaded: 2_048, downloaded: 5 * 1_024 * 1_024 }]);
  });
  await bob.send("/usage");
  await eventually(() => bob.waitForMessage(/⬇ 5 MB, ⬆ 2 KB[^]*Today: ⬇ 5 MB/u));
});

test("while it is paused a host is left as it is; with resume it follows the books", async () => {
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  await hostWorkflow().signal("pause");
  await eventually(async () => {
    const { pendingActivities } = (await hostWorkflow().describe()).raw;
    expect(pendingActivities ?? []).toEqual([]);
  });
  await removeDevice(bob);
  expect(await peersOf(app, bob)).toHaveLength(1);
  await hostWorkflow().signal("resume");
  await waitForState(app, bob, "active", 0);
});

test("an idle host writes no events, and a requested comparison only a few", async () => {
  const length = async () => (await hostWorkflow().describe()).historyLength;
  await waitForComparison();
  await waitUntilSignalsHandled();
  const before = await length();
  await new Promise((over) => setTimeout(over, 3_000));
  expect(await length()).toBe(before);
  const { runId } = await hostWorkflow().describe();
  await hostWorkflow().signal("checkNow");
  await waitForComparison();
  expect((await hostWorkflow().describe()).runId).toBe(runId);
});
