import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Approvals } from "../../db/people/approvals.ts";
import { telegramId } from "../../domain/ids.ts";
import { approvalRules, type Decision, signupApprovalId } from "../../domain/people/approval.ts";
import { instant } from "../../domain/time.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { arrive } from "../drivers/arrival.ts";
import { rejectSignup } from "../bot/people.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp();

const signupOf = ({ id }: Person) =>
  app.client.workflow.getHandle(workflowIds.signup(telegramId(id)));
const approvalOf = ({ id }: Person) => app.client.workflow.getHandle(`approval:signup:${id}`);

const statusOf = async (person: Person) => (await signupOf(person).describe()).status.name;

/** Adds a person with an open approval whose signup an operator has terminated. */
async function openWithoutSignup(): Promise<{ admin: Person; bob: Person }> {
  const admin = await app.admin();
  const bob = app.person();
  await bob.askForAccess();
  await admin.button(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await signupOf(bob).terminate("an operator's mistake");
  return { admin, bob };
}

const pressDecision = (admin: Person, bob: Person, verdict: "approve" | "reject") =>
  admin.pressButton(new RegExp(`^decide:signup:${bob.id}:\\w+:${verdict}$`, "u"));

test("an approved person gets access although their signup was terminated meanwhile", async () => {
  const { admin, bob } = await openWithoutSignup();
  await pressDecision(admin, bob, "approve");
  await bob.waitForMessage(/Your key for/u);
  expect(await bob.listKeys()).toHaveLength(1);
  await eventually(async () => expect(await statusOf(bob)).toBe("COMPLETED"));
});

test("a rejected person is notified, and waits, although their signup was terminated meanwhile", async () => {
  const { admin, bob } = await openWithoutSignup();
  await rejectSignup(admin, bob);
  await bob.waitForMessage(/Your request was declined/u);
  await bob.send("/start");
  await bob.waitForMessage(/was declined/u);
});

test("a signup that began anew while its question was open is decided by that question", async () => {
  const { admin, bob } = await openWithoutSignup();
  await bob.send("/start");
  await bob.button(/^captcha:1:/u);
  await pressDecision(admin, bob, "approve");
  await approvalOf(bob).result();
  await bob.answerCaptcha();
  await bob.waitForMessage(/Your key for/u);
});

/** Decides in the books but not in Temporal, as if Temporal had been restored from a backup. */
async function decideInBooks(admin: Person, bob: Person, decision: Decision): Promise<void> {
  const approvalId = signupApprovalId(telegramId(bob.id));
  const [open] = await app.rows<{ ask: string }>(
    "select ask from approvals where approval_id = ? and state = 'open'",
    [approvalId],
  );
  const made = { ask: open!.ask, decision, by: telegramId(admin.id) };
  const at = instant(app.now());
  expect(await new Approvals(app.books.em).decideOnce(approvalId, made, at)).toBe(true);
}

test("a person whom the books have approved gets access when they press Start, without another approval", async () => {
  const { admin, bob } = await openWithoutSignup();
  await approvalOf(bob).terminate("set back");
  await decideInBooks(admin, bob, "approve");
  await bob.send("/start");
  await bob.waitForMessage(/Your key for/u);
  expect(await bob.listKeys()).toHaveLength(1);
  const asked = (await bob.listTexts()).filter((text) => /^🧩|Press the/u.test(text));
  expect(asked.length).toBeLessThanOrEqual(1);
});

test("a person whom the books have rejected waits as long as others", async () => {
  const { admin, bob } = await openWithoutSignup();
  await approvalOf(bob).terminate("set back");
  await decideInBooks(admin, bob, "reject");
  await bob.send("/start");
  await bob.waitForMessage(/was declined/u);
});

test("a question that waits for what the books have decided already looks at them, at the latest when it reminds", async () => {
  const admin = await app.admin();
  const bob = app.person();
  await bob.askForAccess();
  await admin.button(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await decideInBooks(admin, bob, "approve");
  await app.pass(`approval:signup:${bob.id}`, approvalRules.remindAfterMs);
  await bob.waitForMessage(/Your key for/u);
});

/**
 * Presses Start until the signup has a new run:
 * faster than the bot's throttle allows, with short pauses.
 */
async function pressStartUntilRenewed(bob: Person): Promise<void> {
  const profile = { telegramId: telegramId(bob.id), firstName: "Bob" };
  const press = async (): Promise<string> => {
    const requestId = `press-${randomUUID()}`;
    await signupOf(bob).signal(signals.opened, { requestId, profile });
    return `start/${requestId}`;
  };
  const { runId } = await signupOf(bob).describe();
  for (let presses = 0; (await signupOf(bob).describe()).runId === runId; presses += 50) {
    expect(presses).toBeLessThan(2_000);
    const keys = await Promise.all(Array.from({ length: 50 }, press));
    const answered = `select 1 from messages where key in (${keys.map(() => "?").join()})`;
    await eventually(async () => expect(await app.rows(answered, keys)).not.toEqual([]));
  }
}

test("somebody who presses Start all day has a signup of several short runs, and is admitted as anybody", async () => {
  const admin = await app.admin();
  const bob = app.person();
  await arrive(app, bob);
  await pressStartUntilRenewed(bob);
  await bob.answerCaptcha();
  await bob.waitForMessage(/(?:have|looking at) your request/u);
  await pressStartUntilRenewed(bob);
  await pressDecision(admin, bob, "approve");
  await bob.waitForMessage(/Your key for/u);
  expect(await bob.listKeys()).toHaveLength(1);
});
