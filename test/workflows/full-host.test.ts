import { expect, test } from "vitest";
import { hourMs } from "../../domain/time.ts";
import { hostNeedsHuman, peersOf, revoke, settles } from "../support/access.ts";
import { eventually } from "../support/eventually.ts";
import type { Person } from "../support/person.ts";
import { useStage } from "../support/stage.ts";

/** One host of one place, which the first customer's key takes. */
const stage = useStage({ capacity: 1, policy: { trialDays: 0.05 } });

async function approved(): Promise<Person> {
  const [person, admin] = [stage.person(), await stage.admin()];
  await person.asksForAccess();
  await admin.presses(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
  return person;
}

test("the place of whoever is revoked is the next one's", async () => {
  const [admin, bob] = [await stage.admin(), await stage.customer()];
  await settles(stage, bob, "active", 1);
  const eve = await approved();
  await eve.hears(/servers are full/u);
  await revoke(admin, bob);
  await settles(stage, bob, "revoked", 0);
  await eve.hears(/How to connect/u);
  await settles(stage, eve, "active", 1);
  await revoke(admin, eve);
  await settles(stage, eve, "revoked", 0);
});

test("whoever asks for one more device while no host has room ends on time, is blocked, and leaves the room to others, in turn", async () => {
  const [admin, bob] = [await stage.admin(), await stage.customer()];
  await settles(stage, bob, "active", 1);
  const subscription = await stage.subscriptionOf(bob);
  await bob.say("/devices");
  await bob.presses(/^device-add$/u);
  await bob.hears(/servers are full/u);
  await eventually(async () => expect(await hostNeedsHuman(stage)).toBe(true));
  const [eve, dan] = [await approved(), await approved()];
  for (const one of [eve, dan]) await one.hears(/servers are full/u);

  await stage.pass(subscription, 2 * hourMs);
  await settles(stage, bob, "expired", 0);
  await bob.hears(/access has ended/u);
  await admin.say(`/find ${bob.id}`);
  await admin.presses(new RegExp(`^sure-block:${bob.id}$`, "u"));
  await admin.presses(new RegExp(`^act:block:${bob.id}$`, "u"));
  await settles(stage, bob, "blocked", 0);
  await admin.hears(/Done: /u);

  // Their trials are over by this clock, too. Whose time is over takes up nobody's room.
  await admin.say(`/extend ${eve.id} 30`);
  await eve.hears(/access now runs until/u);
  await eve.hears(/How to connect/u);
  await admin.say(`/extend ${dan.id} 30`);
  await dan.hears(/access now runs until/u);
  await admin.hears(/No server has room/u);
  expect((await dan.heard()).join()).not.toMatch(/How to connect/u);
  // Bob's second device has waited for longer, and has no time.
  await stage.rows("update hosts set capacity = 2");
  await dan.hears(/How to connect/u);
  await eventually(async () => expect(await hostNeedsHuman(stage)).toBe(false));
  expect(await peersOf(stage, bob)).toEqual([]);
  const told = (await dan.heard()).filter((words) => words.includes("servers are full"));
  expect(told).toHaveLength(1);

  // A key that was given works again with new time, however full the host is by then.
  await admin.say(`/find ${bob.id}`);
  await admin.presses(new RegExp(`^act:unblock:${bob.id}$`, "u"));
  await settles(stage, bob, "expired", 0);
  await admin.say(`/extend ${bob.id} 30`);
  await settles(stage, bob, "active", 1);
  await eventually(async () => expect(await hostNeedsHuman(stage)).toBe(true));
  await stage.rows("update hosts set capacity = 4");
  await settles(stage, bob, "active", 2);
});
