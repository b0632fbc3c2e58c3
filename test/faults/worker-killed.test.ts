import { afterAll, beforeAll, expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { actOnCustomer, changeLanguage } from "../../client/people.ts";
import { telegramId } from "../../domain/ids.ts";
import { dayMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Death } from "../drivers/fragile-worker.ts";
import type { Person } from "../drivers/person.ts";
import { adminId, bothDeathsOf, MortalProcesses, until } from "./mortal-processes.ts";
import { type StepOf, stepsOf } from "./steps.ts";

const steps = stepsOf("people");

/** The story in which a step is taken. */
const storyOf = {
  arrive: "lives",
  say: "lives",
  openSubscription: "lives",
  openApproval: "lives",
  recordDecision: "lives",
  followCalendar: "lives",
  handleDeviceRequest: "lives",
  recordAct: "lives",
  hostsBehind: "lives",
  confirmAct: "lives",
  changeLanguage: "lives",
  followProfile: "lives",
  reject: "isRejected",
  remindAdmins: "isForgotten",
  recordLapse: "isForgotten",
  findDecision: "losesTheQuestion",
  auditBooks: "isAudited",
} as const satisfies Readonly<Record<StepOf<"people">, string>>;

let lastPerson = 700_000;
const personsSteps = steps.filter((step) => storyOf[step] !== "isAudited");
const personal = personsSteps.flatMap((activity) =>
  (["started", "ended"] as const).map((when) => {
    return { person: (lastPerson += 1), activity, when, story: storyOf[activity] };
  }),
);
const audits = bothDeathsOf("audit", "auditBooks");

type Personal = (typeof personal)[number];

/** A worker dies one death at a time, and then much is waited for: so many products die side by side. */
const products = 3;

interface Played {
  readonly product: MortalProcesses;
  readonly personal: readonly Personal[];
  readonly audits: readonly Death[];
}

const opened: Played[] = [];

beforeAll(async () => {
  const shares = Array.from({ length: products }, (_, share) =>
    personal.filter((_one, index) => index % products === share),
  );
  const plants = shares.map(async (mine, share) => {
    const theirs = share === 0 ? audits : [];
    const deaths = mine.map(({ person, activity, when }) => ({ person, activity, when }));
    const product = await MortalProcesses.open([...deaths, ...theirs]);
    opened.push({ product, personal: mine, audits: theirs });
  });
  await Promise.all(plants);
});
afterAll(() => Promise.all(opened.map(({ product }) => product.close())));

async function subscriptionOf(product: MortalProcesses, id: number): Promise<string> {
  return until(async () => {
    const [row] = await product.rows<{ id: string }>(
      "select s.id from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?",
      [id],
    );
    if (row === undefined) throw new Error(`${id} has no subscription`);
    return `subscription:${row.id}`;
  });
}

async function asks(person: Person): Promise<void> {
  await person.send("/start");
  await until(() => person.answerCaptcha());
  await until(() => person.waitForMessage(/(?:sent to|waiting for) an administrator/u));
}

/** By the question's own button, or, where too many wait to be asked about one by one, by the list of them. */
async function decides(admin: Person, { id }: Person, verdict: "approve" | "reject") {
  await until(async () => {
    try {
      await admin.pressButton(new RegExp(`^decide:signup:${id}:\\w+:${verdict}$`, "u"));
    } catch (error) {
      await admin.pressButton(/^admin-pending$/u);
      throw error;
    }
  });
}

/** Let in, with a device more for a while, until the time is over and an admin gives more of it. */
async function lives(product: MortalProcesses, person: Person, admin: Person): Promise<void> {
  await asks(person);
  await decides(admin, person, "approve");
  await until(() => person.waitForMessage(/How to connect/u));
  const subscriptionId = await subscriptionOf(product, person.id);
  const subscription = product.temporal.client.workflow.getHandle(subscriptionId);
  const deviceId = `01890000-0000-7000-8000-${String(person.id).padStart(12, "0")}`;
  for (const kind of ["add", "reissue", "rename", "revoke"] as const) {
    const wish = { requestId: `${kind}-${person.id}`, kind, deviceId, name: "Second" };
    await until(() => subscription.signal("deviceRequested", wish));
  }
  await until(() => person.waitForMessage(/is removed/u));
  await product.pass(subscriptionId, 3 * dayMs + 1);
  await until(() => person.waitForMessage(/access has ended/u));
  const client = new DurableClient(product.temporal.client);
  const act = { kind: "extend", customer: telegramId(person.id), days: 10 } as const;
  const request = { requestId: `extend-${person.id}`, by: telegramId(adminId), act };
  await until(() => actOnCustomer(client, request));
  await until(() => person.waitForMessage(/access now runs until/u));
  await person.become({ username: `renamed_${person.id}` });
  const change = { telegramId: telegramId(person.id), language: "ru" } as const;
  await until(() => changeLanguage(client, `language-${person.id}`, change));
  await until(() => person.waitForMessage(/Выбран русский/u));
  await product.waitForEnd(workflowIds.adminAct(request.requestId));
  await isKnownByNewName(product, person);
}

/** A name that Temporal did not take in time is lost with its update; the next update brings it again. */
async function isKnownByNewName(product: MortalProcesses, person: Person): Promise<void> {
  for (const command of readingCommands) {
    await until(() => person.send(command));
    const isKnown = await eventually(() => hasNewName(product, person), nameWithinMs).then(
      () => true,
      () => false,
    );
    if (isKnown) return;
  }
  await hasNewName(product, person);
}

/** Each is answered by the bot alone, in other words than the others: nothing is to be said twice here. */
const readingCommands = ["/help", "/support", "/terms", "/balance"];
const nameWithinMs = 10_000;

async function hasNewName(product: MortalProcesses, { id }: Person): Promise<void> {
  const named = [`renamed_${id}`];
  const query = "select 1 from customers where telegram_id = ? and username = ?";
  expect(await product.rows(query, [id, ...named])).toHaveLength(1);
}

async function isRejected(_: MortalProcesses, person: Person, admin: Person): Promise<void> {
  await asks(person);
  await decides(admin, person, "reject");
  await until(() => person.waitForMessage(/declined your request/u));
}

async function isForgotten(product: MortalProcesses, person: Person): Promise<void> {
  await asks(person);
  const approval = `approval:signup:${person.id}`;
  await until(() => product.temporal.client.workflow.getHandle(approval).describe());
  await product.pass(approval, dayMs);
  await product.pass(approval, 7 * dayMs);
  await until(() => person.waitForMessage(/Nobody decided in time/u));
  await product.waitForEnd(`signup:${person.id}`);
}

/** An operator ends the question before anybody has decided. */
async function losesTheQuestion(product: MortalProcesses, person: Person): Promise<void> {
  await asks(person);
  const approval = product.temporal.client.workflow.getHandle(`approval:signup:${person.id}`);
  await until(() => approval.terminate("an operator's mistake"));
  await until(() => person.waitForMessage(/Nobody decided in time/u));
  await product.waitForEnd(`signup:${person.id}`);
}

const stories = { lives, isRejected, isForgotten, losesTheQuestion };

/** The audit begins once a day, or when somebody asks for it. */
async function audit(product: MortalProcesses, death: Death): Promise<void> {
  await until(async () => {
    await product.temporal.client.workflow.getHandle(workflowIds.audit).signal("checkNow");
    if (!product.hasDied(death)) throw new Error("no audit yet");
  });
}

test(`a worker that is killed at each of ${steps.length} steps, at its start and at its end, breaks no story`, async () => {
  expect(opened.flatMap((one) => [...one.personal, ...one.audits])).toHaveLength(steps.length * 2);
  await Promise.all(opened.map(play));
}, 1_800_000);

async function play({ product, personal: mine, audits: theirs }: Played): Promise<void> {
  const admin = product.person(adminId);
  await admin.send("/start");
  await until(() => admin.waitForMessage(/administrator here/u));
  await Promise.all(
    mine.map(async ({ person: id, story }) => {
      const person = product.person(id);
      await stories[story as keyof typeof stories](product, person, admin).catch((error: unknown) =>
        explained(product, error, id),
      );
    }),
  );
  for (const death of theirs) await audit(product, death);
  product.checkAllHaveDied();
  await product.checkTheWhole();
  await checkTimeIsGivenOnce(product, mine);
  for (const { person } of mine) await product.checkSentOnce(product.person(person));
}

/** With what the person's workflows were at when their story went wrong. */
async function explained(product: MortalProcesses, error: unknown, id: number): Promise<never> {
  throw new Error(`${id}: ${String(error)}\n${await product.standings(id)}`, { cause: error });
}

async function checkTimeIsGivenOnce(
  product: MortalProcesses,
  mine: readonly Personal[],
): Promise<void> {
  const living = mine.filter(({ story }) => story === "lives").map(({ person }) => person);
  const owned = await product.rows<{ telegram_id: string; devices: string; lots: string }>(
    `select c.telegram_id,
            (select count(*) from devices d where d.subscription_id = s.id and d.revoked_at is null) as devices,
            (select string_agg(t.kind || ' ' || t.ms / 86400000, ',' order by t.seq) from time_lots t
              where t.subscription_id = s.id) as lots
       from subscriptions s join customers c on c.id = s.customer_id`,
  );
  const found = owned.map((row) => ({ ...row, telegram_id: Number(row.telegram_id) }));
  const expected = living.map((id) => {
    return { telegram_id: id, devices: "1", lots: "trial 3,admin 10" };
  });
  expect(found.toSorted((a, b) => a.telegram_id - b.telegram_id)).toEqual(expected);
}
