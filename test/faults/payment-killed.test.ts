import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "../../db/orm.ts";
import { Books } from "../../db/readers/books.ts";
import type { PaymentId } from "../../domain/payment.ts";
import { startCryptoBotEmulator } from "../../emulators/cryptobot/emulator.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { createDatabase } from "../support/database.ts";
import type { Death } from "../support/fragile-worker.ts";
import { createNamespace, type TestNamespace } from "../support/namespace.ts";
import { planFor } from "../support/orders.ts";
import { Person } from "../support/person.ts";
import { Plant } from "../support/plant.ts";
import { adminId, type Buying, MoneyStories, until } from "./money-stories.ts";

const token = "12345:AAtestTestTestTestTestTestTestTest0000";

/** Every step that the stories of money take, read from their code. */
function stepsOfTheStories(): string[] {
  const stories = [
    "payment",
    "payment-consequences",
    "payment-invoice",
    "refund",
    "reconciliation",
    "unmatched",
  ];
  const code = stories.map((name) => readFileSync(`workflows/${name}.ts`, "utf8")).join("\n");
  const calls = code.matchAll(
    /\b(?:steps|quickSteps|firstTries|readings|stepsUntil\([^)]*\))\s*\.(\w+)\(/gu,
  );
  return [...new Set(Array.from(calls, ([, name]) => name!))].toSorted();
}

const steps = stepsOfTheStories();

/** The story in which a step is taken; every other step is taken by whoever pays. */
type Story = Exclude<keyof MoneyStories, "rows">;

const storyOf: Readonly<Record<string, Story>> = {
  lookUp: "lapses",
  closePayment: "lapses",
  showAgain: "asksTwice",
  findOrder: "paysTwice",
  canRefund: "paysTwice",
  openRefund: "isRefunded",
  refundAtGateway: "isRefunded",
  closeRefund: "isRefunded",
  keepUnmatched: "paysForNothing",
  resolveUnmatched: "paysForNothing",
  refundUnmatched: "isSentBack",
  closeUnmatchedRefund: "isSentBack",
  tellAdmins: "paysForNothing",
  creditInstead: "paysWithoutSubscription",
  reconcileGateway: "isFound",
};

let deaths: Death[] = [];
let temporal: TestNamespace;
let books: Database;
let plant: Plant;
let stories: MoneyStories;
let emulators: { url: string; close(): Promise<unknown> }[] = [];
const folder = mkdtempSync(join(tmpdir(), "tollgate-money-deaths-"));

beforeAll(async () => {
  const [urls, namespace, telegram, cryptobot] = await Promise.all([
    createDatabase(),
    createNamespace(),
    startTelegramEmulator({ port: 0, token: "123456:TEST" }),
    startCryptoBotEmulator({ port: 0, token, openingBalance: "100000" }),
  ]);
  [temporal, emulators] = [namespace, [telegram, cryptobot]];
  books = await openDatabase(urls.ownerUrl, 2);
  stories = new MoneyStories({ temporal, books, cryptobotUrl: cryptobot.url });
  let next = 70_000_000;
  deaths = steps.flatMap((activity) =>
    (["started", "ended"] as const).map((when) => {
      const person = activity === "reconcileGateway" ? "cryptobot" : (next += 1);
      return { person, activity, when };
    }),
  );
  writeFileSync(join(folder, "deaths.json"), JSON.stringify(deaths));
  const plans = join(folder, "plans.json");
  const { names, descriptions } = planFor("month", {});
  const month = {
    code: "month",
    names,
    descriptions,
    days: 30,
    devices: 3,
    prices: { USDT: "3.5" },
  };
  writeFileSync(plans, JSON.stringify([month]));
  const surroundings = {
    ...urls,
    temporalAddress: temporal.address,
    namespace: temporal.namespace,
    emulatorUrl: telegram.url,
    adminId,
  };
  plant = new Plant(surroundings, "test/support/fragile-worker.ts", {
    DEATHS: folder,
    AUTO_APPROVE: "true",
    PLANS_FILE: plans,
    CRYPTOBOT_TOKEN: token,
    CRYPTOBOT_URL: cryptobot.url,
    CRYPTOBOT_REFUNDS: "true",
  });
  await plant.host.start();
  await Promise.all([plant.worker.keepAlive(), plant.bot.start()]);
});

afterAll(async () => {
  await plant.stop();
  await Promise.all([books.close(), ...emulators.map((one) => one.close())]);
  await temporal.connection.close();
  rmSync(folder, { recursive: true, force: true });
});

test(`a worker that is killed at each of ${steps.length} steps of money, at its start and at its end, loses and doubles nothing`, async () => {
  const admin = new Person(emulators[0]!.url, adminId);
  await admin.say("/start");
  let finder = 79_000_000;
  const buyings = deaths.map(({ person, activity }) => {
    const number = typeof person === "number" ? person : (finder += 1);
    const id = `${number}-0000-7000-8000-000000000000` as PaymentId;
    return { activity, buying: { person: new Person(emulators[0]!.url, number), id } };
  });
  await Promise.all(
    buyings.map(async ({ activity, buying }) => {
      await buying.person.say("/start");
      await until(() => buying.person.answersCaptcha());
      await until(() => buying.person.hears(/How to connect/u));
      await stories[storyOf[activity] ?? "pays"](buying);
    }),
  );
  const died = readdirSync(folder).filter(
    (name) => name.endsWith("started") || name.endsWith("ended"),
  );
  expect(died).toHaveLength(deaths.length);

  await until(async () => expect(await new Books(books.em).disagreements()).toEqual([]));
  for (const { activity, buying } of buyings)
    await until(() => onlyOnce(storyOf[activity] ?? "pays", buying));
  await nothingPaidBackTwice();
}, 600_000);

async function onlyOnce(story: Story, { id, person }: Buying) {
  const grants = await stories.rows<{ kind: string; days: number }>(
    `select kind, days from grants where cause = ? or cause like ? order by seq`,
    [`payment/${id}`, `refund/${id}/%`],
  );
  const bought = { kind: "payment" };
  const given = ["pays", "paysTwice", "isFound"].includes(story) ? [bought] : [];
  const expected = story === "isRefunded" ? [bought, { kind: "refund" }] : given;
  const days = grants.map(({ kind }) => `${person.id} ${kind}`);
  expect(days).toEqual(expected.map(({ kind }) => `${person.id} ${kind}`));
}

/** The gateway's own list: one transfer for each refund that the books know. */
async function nothingPaidBackTwice(): Promise<void> {
  const answer = await fetch(`${emulators[1]?.url}/api/getTransfers?count=1000`, {
    headers: { "crypto-pay-api-token": token },
  });
  const { result } = (await answer.json()) as { result: { items: { spend_id: string }[] } };
  const refunds = await stories.rows<{ state: string }>("select state from refunds");
  const sentBack = await stories.rows<{ state: string }>(
    "select state from unmatched where state in ('refunding', 'returned')",
  );
  expect(sentBack).toEqual(
    ["started", "ended", "started", "ended"].map(() => ({ state: "returned" })),
  );
  expect(result.items).toHaveLength(refunds.length + sentBack.length);
  expect(new Set(refunds.map(({ state }) => state))).toEqual(new Set(["returned"]));
}
