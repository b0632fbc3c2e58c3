import { expect, test } from "vitest";
import { hourMs } from "../../domain/time.ts";
import { hostNeedsHuman, peersOf, revoke, waitForState } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";

/** One host with room for one key, which the first customer's takes. */
const app = useTestApp({ capacity: 1, policy: { trialDays: 0.05 } });

async function addApprovedPerson(): Promise<Person> {
  const person = app.person();
  const admin = await app.admin();
  await person.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
  return person;
}

test("the place of a revoked customer goes to the next one", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  const eve = await addApprovedPerson();
  await eve.waitForMessage(/servers are full/u);
  await revoke(admin, bob);
  await waitForState(app, bob, "revoked", 0);
  await eve.waitForMessage(/Your key for/u);
  await waitForState(app, eve, "active", 1);
  await revoke(admin, eve);
  await waitForState(app, eve, "revoked", 0);
});

test("a customer who requests another device while no host has room ends on time, can be blocked, and leaves the room to others, in turn", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  const subscription = await app.subscriptionOf(bob);
  await bob.send("/devices");
  await bob.pressButton(/^device-add$/u);
  await bob.waitForMessage(/servers are full/u);
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(true));
  const eve = await addApprovedPerson();
  const dan = await addApprovedPerson();
  for (const one of [eve, dan]) await one.waitForMessage(/servers are full/u);

  await app.pass(subscription, 2 * hourMs);
  await waitForState(app, bob, "expired", 0);
  await bob.waitForMessage(/access has ended/u);
  await admin.send(`/find ${bob.id}`);
  await admin.pressButton(new RegExp(`^sure-block:${bob.id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:block:${bob.id}$`, "u"));
  await waitForState(app, bob, "blocked", 0);
  await admin.waitForMessage(/✅ .* is blocked/u);

  // Their trials have ended at this time too. A customer without time takes no room.
  await admin.send(`/extend ${eve.id} 30`);
  await eve.waitForMessage(/access now runs until/u);
  await eve.waitForMessage(/Your key for/u);
  await admin.send(`/extend ${dan.id} 30`);
  await dan.waitForMessage(/access now runs until/u);
  await admin.waitForMessage(/No server has room/u);
  expect((await dan.listTexts()).join()).not.toMatch(/Your key for/u);
  // Bob's second device has waited longer, but has no time.
  await app.rows("update hosts set capacity = 2");
  await dan.waitForMessage(/Your key for/u);
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(false));
  expect(await peersOf(app, bob)).toEqual([]);
  const notices = (await dan.listTexts()).filter((words) => words.includes("servers are full"));
  expect(notices).toHaveLength(1);

  // A key that was once on the host works again with new time, however full the host is then.
  await admin.send(`/find ${bob.id}`);
  await admin.pressButton(new RegExp(`^sure-unblock:${bob.id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:unblock:${bob.id}$`, "u"));
  await waitForState(app, bob, "expired", 0);
  await admin.send(`/extend ${bob.id} 30`);
  await waitForState(app, bob, "active", 1);
  await eventually(async () => expect(await hostNeedsHuman(app)).toBe(true));
  await app.rows("update hosts set capacity = 4");
  await waitForState(app, bob, "active", 2);
});
