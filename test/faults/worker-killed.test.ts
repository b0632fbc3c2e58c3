import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Doors } from "../../bot/doors.ts";
import { type Database, openDatabase } from "../../db/orm.ts";
import { telegramId } from "../../domain/ids.ts";
import { dayMs } from "../../domain/time.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { connectHost } from "../../gateways/vpn-host/connect.ts";
import { createDatabase } from "../support/database.ts";
import type { Death } from "../support/fragile-worker.ts";
import { createNamespace, type TestNamespace } from "../support/namespace.ts";
import { Person, wordsOf } from "../support/person.ts";
import { Plant } from "../support/plant.ts";
import { standingOf, troublesOf } from "../support/standing.ts";
import { advance } from "../support/time-skipping.ts";
import { eventually } from "../support/eventually.ts";

const adminId = 1001;
const patience = 240_000;

/** Every step that the stories of signup, approval and subscription take, read from their code. */
function stepsOfTheStories(): string[] {
  const stories = [
    "signup",
    "approval",
    "subscription",
    "subscription-life",
    "subscription-devices",
  ];
  const code = stories.map((name) => readFileSync(`workflows/${name}.ts`, "utf8")).join("\n");
  const calls = code.matchAll(/\b(?:steps|quickSteps|promptSteps|firstTries|tries)\.(\w+)\(/gu);
  return [...new Set(Array.from(calls, ([, name]) => name!))].toSorted();
}

const steps = stepsOfTheStories();
/** Steps that only a rejected person's, a forgotten person's, a returning person's or an admin's story takes. */
const rejectedSteps = ["reject"];
const forgottenSteps = ["remindAdmins", "recordLapse"];
const returningSteps = ["missedKeys"];
const adminSteps = ["openApprovals", "askAdmin"];
const others = [...rejectedSteps, ...forgottenSteps, ...returningSteps, ...adminSteps];
const lifeSteps = steps.filter((step) => !others.includes(step));

/** Of somebody. */
type PersonsDeath = Death & { readonly person: number };

let deaths: PersonsDeath[] = [];
let emulator: TelegramEmulator;
let temporal: TestNamespace;
let books: Database;
let plant: Plant;
const folder = mkdtempSync(join(tmpdir(), "tollgate-deaths-"));

const twice = (person: () => number, activities: readonly string[]): PersonsDeath[] =>
  activities.flatMap((activity) => [
    { person: person(), activity, when: "started" },
    { person: person(), activity, when: "ended" },
  ]);

let lastPerson = 700_000;
const next = () => (lastPerson += 1);

beforeAll(async () => {
  const [urls, namespace, telegram] = await Promise.all([
    createDatabase(),
    createNamespace(),
    startTelegramEmulator({ port: 0, token: "123456:TEST" }),
  ]);
  [temporal, emulator] = [namespace, telegram];
  books = await openDatabase(urls.ownerUrl, 2);
  deaths = [
    ...twice(next, [...lifeSteps, ...rejectedSteps, ...forgottenSteps, ...returningSteps]),
    ...twice(() => adminId, adminSteps),
  ];
  writeFileSync(join(folder, "deaths.json"), JSON.stringify(deaths));
  plant = new Plant(
    {
      ...urls,
      temporalAddress: temporal.address,
      namespace: temporal.namespace,
      emulatorUrl: emulator.url,
      adminId,
    },
    "test/support/fragile-worker.ts",
    { DEATHS: folder },
  );
  await plant.host.start();
  await Promise.all([plant.worker.keepAlive(), plant.bot.start()]);
});

afterAll(async () => {
  await plant.stop();
  await Promise.all([books.close(), emulator.close(), temporal.connection.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const rows = async <Row>(query: string, values: unknown[] = []) =>
  await books.em.fork().execute<Row[]>(query, values);

async function subscriptionOf(id: number): Promise<string> {
  return eventually(async () => {
    const [row] = await rows<{ id: string }>(
      "select s.id from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?",
      [id],
    );
    if (row === undefined) throw new Error(`${id} has no subscription`);
    return `subscription:${row.id}`;
  }, patience);
}

const workflowEnded = (workflowId: string) =>
  eventually(async () => {
    const { status } = await temporal.client.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe("COMPLETED");
  }, patience);

const pass = (workflowId: string, ms: number) =>
  eventually(() => advance(temporal.connection, temporal.namespace, { workflowId, ms }), patience);

/** Presses until the bot, or the worker behind it, is there again. */
const until = <Result>(act: () => Promise<Result>) => eventually(act, patience);

async function asks(person: Person): Promise<void> {
  await person.say("/start");
  await until(() => person.answersCaptcha());
  await until(() => person.hears(/with an administrator/u));
}

async function liveALife(person: Person, admin: Person): Promise<void> {
  await asks(person);
  await until(() => admin.presses(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u")));
  await until(() => person.hears(/How to connect/u));
  const subscription = temporal.client.workflow.getHandle(await subscriptionOf(person.id));
  const deviceId = `01890000-0000-7000-8000-${String(person.id).padStart(12, "0")}`;
  for (const kind of ["add", "reissue", "rename", "revoke"] as const) {
    const wish = { requestId: `${kind}-${person.id}`, kind, deviceId, name: "Second" };
    await until(() => subscription.signal("deviceRequested", wish));
  }
  await until(() => person.hears(/is removed/u));
  await pass(await subscriptionOf(person.id), 3 * dayMs + 1);
  await until(() => person.hears(/access has ended/u));
  const grant = { cause: `payment/${person.id}`, kind: "payment", days: 5 } as const;
  const paid = { grant, currency: "RUB", quiet: false } as const;
  await until(() => subscription.signal("timeChanged", paid));
  await until(() => subscription.signal("quotaReached"));
  await until(() => person.hears(/Payment received/u));
  await until(() => extend(person.id));
  await until(() => person.hears(/access now runs until/u));
}

/** As the bot's door does it; the bot itself would find so many wishes of one admin too fast. */
async function extend(id: number): Promise<void> {
  const act = { kind: "extend", customer: telegramId(id), days: 10 } as const;
  const request = { requestId: `extend-${id}`, by: telegramId(adminId), act };
  await new Doors(temporal.client).adminActed(request);
}

/** Whoever is an administrator from now on comes too late to be asked with all others. */
async function allAdminsAsked({ id }: Person): Promise<void> {
  const approval = temporal.client.workflow.getHandle(`approval:signup:${id}`);
  await until(async () => expect(await standingOf(approval)).toEqual({ kind: "waits" }));
}

async function isRejected(person: Person, admin: Person): Promise<void> {
  await asks(person);
  await until(() => admin.presses(new RegExp(`^decide:signup:${person.id}:\\w+:reject$`, "u")));
  await until(() => person.hears(/declined your request/u));
}

async function isForgotten(person: Person, admin: Person): Promise<void> {
  await asks(person);
  await until(() => admin.button(new RegExp(`^decide:signup:${person.id}:`, "u")));
  await pass(`approval:signup:${person.id}`, dayMs);
  await pass(`approval:signup:${person.id}`, 7 * dayMs);
  await until(() => person.hears(/Nobody decided in time/u));
  await workflowEnded(`signup:${person.id}`);
}

async function returns(person: Person, admin: Person): Promise<void> {
  await asks(person);
  await until(() => admin.presses(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u")));
  await until(() => person.hears(/How to connect/u));
  await workflowEnded(`signup:${person.id}`);
  await person.say("/start");
  await until(() => person.hears(/Welcome back/u));
  await workflowEnded(`signup:${person.id}`);
}

function storyOf(activity: string): (person: Person, admin: Person) => Promise<void> {
  if (rejectedSteps.includes(activity)) return isRejected;
  if (forgottenSteps.includes(activity)) return isForgotten;
  return returningSteps.includes(activity) ? returns : liveALife;
}

test(`a worker that is killed at each of ${steps.length} steps, at its start and at its end, breaks no story`, async () => {
  const admin = new Person(emulator.url, adminId);
  const waiting = new Person(emulator.url, next());
  await asks(waiting);
  await allAdminsAsked(waiting);
  await admin.say("/start");
  await until(() => admin.button(new RegExp(`^decide:signup:${waiting.id}:`, "u")));

  const people = deaths.filter(({ person }) => person !== adminId);
  await Promise.all(
    people.map(async ({ person: id, activity }) => {
      const person = new Person(emulator.url, id);
      await storyOf(activity)(person, admin).catch((error: unknown) => explained(error, id));
    }),
  );

  const died = readdirSync(folder).filter((name) => name !== "deaths.json");
  const wanted = deaths.map(({ person, activity, when }) => `${person}-${activity}-${when}`);
  expect(died.toSorted()).toEqual(wanted.toSorted());
  expect(new Set(deaths.map(({ activity }) => activity))).toEqual(new Set(steps));
  await theBooksAreRight(people);
  const killedAtMs = died.map((name) => statSync(join(folder, name)).mtimeMs);
  for (const { person } of people) {
    await nothingIsToldTwiceButByAKill(new Person(emulator.url, person), killedAtMs);
  }
}, 600_000);

/** What the person's subscription was at when their story went wrong. */
async function explained(error: unknown, id: number): Promise<never> {
  const handle = temporal.client.workflow.getHandle(await subscriptionOf(id));
  const standing = JSON.stringify(await standingOf(handle));
  throw new Error(`${standing}; ${await troublesOf(handle)}`, { cause: error });
}

async function theBooksAreRight(people: readonly PersonsDeath[]): Promise<void> {
  const living = people
    .filter(({ activity }) => lifeSteps.includes(activity))
    .map(({ person }) => person);
  const owned = await rows<{ telegram_id: string; devices: string; grants: string; state: string }>(
    `select c.telegram_id, s.state,
            (select count(*) from devices d where d.subscription_id = s.id and d.revoked_at is null) as devices,
            (select string_agg(g.kind || ' ' || g.days, ',' order by g.granted_at) from grants g
              where g.subscription_id = s.id) as grants
       from subscriptions s join customers c on c.id = s.customer_id`,
  );
  const mine = owned.filter(({ telegram_id: id }) => living.includes(Number(id)));
  expect(mine).toHaveLength(living.length);
  for (const one of mine)
    expect(one).toMatchObject({
      devices: "1",
      grants: "trial 3,payment 5,admin 10",
      state: "active",
    });

  const wanted = await rows<{ public_key: string }>(
    "select d.public_key from devices d where d.revoked_at is null",
  );
  await eventually(async () => {
    const { peers } = await connectHost(plant.settings!).list();
    const there = peers.map(({ publicKey }) => publicKey).toSorted();
    expect(there).toEqual(wanted.map(({ public_key: key }) => key).toSorted());
  }, patience);
}

/** What a message is, whoever's it is: its words, and the file or the picture that it brings. */
async function contentOf(person: Person, message: Message): Promise<string> {
  const file = message.document ?? message.photo?.at(-1);
  const bytes = file && (await person.bytes(file.file_id)).toString("base64");
  return `${wordsOf(message)} ${bytes ?? ""}`;
}

/** A message whose sending a kill interrupted is sent again; there is no other reason to say a thing twice. */
async function nothingIsToldTwiceButByAKill(person: Person, killedAtMs: readonly number[]) {
  const fromBot = (await person.chat()).filter(({ from }) => from?.is_bot);
  const told = await Promise.all(
    fromBot.map(async (message) => ({ message, text: await contentOf(person, message) })),
  );
  const again = [...Map.groupBy(told, ({ text }) => text).values()].flatMap((same) =>
    same.slice(1).filter(({ message: { date } }, index) => {
      // Telegram's dates are whole seconds.
      const [fromMs, untilMs] = [same[index]!.message.date * 1_000, (date + 1) * 1_000];
      return !killedAtMs.some((ms) => fromMs <= ms && ms < untilMs);
    }),
  );
  expect(again.map(({ text }) => text)).toEqual([]);
}
