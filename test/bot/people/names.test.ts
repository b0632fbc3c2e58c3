import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import type { Person } from "../../support/person.ts";
import { useStage } from "../../support/stage.ts";

const stage = useStage();

const nameless = () => `name_${Math.random().toString(36).slice(2, 10)}`;

/** What the admin is answered. */
async function asked(boss: Person, text: string): Promise<string> {
  const before = (await boss.heard()).length;
  await boss.say(text);
  return eventually(async () => {
    const heard = await boss.heard();
    expect(heard.length).toBeGreaterThan(before);
    return heard.at(-1)!;
  });
}

const usernameOf = async ({ id }: Person): Promise<string | null | undefined> => {
  const [row] = await stage.rows<{ username: string | null }>(
    "select username from customers where telegram_id = ?",
    [id],
  );
  return row?.username;
};

async function changesOf({ id }: Person): Promise<number> {
  let runs = 0;
  const query = `WorkflowId = "profile-change:${id}"`;
  for await (const _ of stage.client.workflow.list({ query })) runs += 1;
  return runs;
}

test("a person who has a new @username is found by it, and not by the old one", async () => {
  const [boss, alice] = [await stage.admin(), await stage.customer()];
  const [old, fresh] = [nameless(), nameless()];
  await alice.is({ first_name: "Alice", username: old });
  await alice.say("/start");
  await alice.hears(/Welcome back/u);
  await alice.is({ username: fresh, last_name: "Newly" });
  await alice.say("/help");
  await alice.hears(/What I can do/u);
  expect(await asked(boss, `/find @${fresh}`)).toContain(String(alice.id));
  expect(await asked(boss, `/find @${old}`)).not.toContain(String(alice.id));
  expect(await asked(boss, `/find ${alice.id}`)).toContain("Alice Newly");
});

test("a @username that changes hands is its latest holder's, whatever its case", async () => {
  const [boss, alice, bob] = [await stage.admin(), await stage.customer(), await stage.customer()];
  const name = nameless();
  await alice.is({ username: name });
  await alice.say("/help");
  await alice.hears(/What I can do/u);
  expect(await usernameOf(alice)).toBe(name);
  await bob.is({ username: name.toUpperCase() });
  await bob.say("/help");
  await bob.hears(/What I can do/u);
  expect([await usernameOf(alice), await usernameOf(bob)]).toEqual([null, name.toUpperCase()]);
  expect(await asked(boss, `/find @${name}`)).toContain(String(bob.id));
  // A newcomer takes it by pressing Start.
  const eve = await stage.person().is({ username: name });
  await eve.say("/start");
  await eventually(async () =>
    expect([await usernameOf(bob), await usernameOf(eve)]).toEqual([null, name]),
  );
});

test("a name is followed by a press too, and once: what the books know starts nothing", async () => {
  const alice = await stage.customer();
  await alice.say("/devices");
  const { messageId, data } = await alice.button(/^device-open:/u);
  const before = await changesOf(alice);
  const name = nameless();
  await alice.is({ username: name });
  await alice.press(messageId, data);
  await eventually(async () => expect(await usernameOf(alice)).toBe(name));
  for (const text of ["/help", "/terms", "/usage"]) await asked(alice, text);
  await eventually(async () => expect(await changesOf(alice)).toBe(before + 1));
});

test("a blocked person's names are followed in silence", async () => {
  const [boss, eve] = [await stage.admin(), await stage.customer()];
  await asked(boss, `/find ${eve.id}`);
  await boss.presses(new RegExp(`^sure-block:${eve.id}$`, "u"));
  await boss.presses(new RegExp(`^act:block:${eve.id}$`, "u"));
  await boss.hears(/Done:[^]*blocked/u);
  const name = nameless();
  await eve.is({ username: name });
  const heard = await eve.heard();
  await eve.say("/help");
  await eventually(async () => expect(await usernameOf(eve)).toBe(name));
  expect(await eve.heard()).toEqual(heard);
});
