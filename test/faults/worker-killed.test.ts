import { afterAll, beforeAll, expect, test } from "vitest";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Death } from "../drivers/fragile-worker.ts";
import { adminId, bothDeathsOf, FragileProduct, retryUntilDone } from "./fragile-product.ts";
import { dealOut, planKills, type PlannedKill, playOrExplain } from "./kill-plan.ts";
import { peopleScenarios, trialAndExtension } from "./people-scenarios.ts";
import { type StepOf, stepsOf } from "./steps.ts";

const steps = stepsOf("people");

test(`a worker that is killed at each of ${steps.length} steps, at its start and at its end, breaks no scenario`, async () => {
  expect(products.flatMap(({ kills, daily }) => [...kills, ...daily])).toHaveLength(
    steps.length * 2,
  );
  await Promise.all(products.map(playAll));
}, 1_800_000);

/** The scenario in which each step is taken; those of every day belong to no person. */
const scenarios = {
  arrive: "goThroughTrial",
  sendNotice: "goThroughTrial",
  openSubscription: "goThroughTrial",
  openApproval: "goThroughTrial",
  recordDecision: "goThroughTrial",
  writeDueNotices: "goThroughTrial",
  handleDeviceRequest: "goThroughTrial",
  recordAct: "goThroughTrial",
  listHostsBehind: "goThroughTrial",
  confirmAct: "goThroughTrial",
  changeLanguage: "goThroughTrial",
  storeProfile: "goThroughTrial",
  reject: "beRejected",
  remindAdmins: "getNoDecision",
  recordLapse: "getNoDecision",
  findDecision: "loseTheApproval",
  keepEvents: "writeToSupport",
  recordShopChange: "changeTheShop",
  findMissingChannels: "joinTheChannel",
  checkReturn: "joinTheChannel",
  inspectChannels: "joinTheChannel",
  findLinkSource: "useLinks",
  countHwid: "useLinks",
  giveFile: "useLinks",
} as const satisfies Readonly<
  Record<Exclude<StepOf<"people">, DailyStep>, keyof typeof peopleScenarios>
>;

/** The steps that are taken once a day, each with the workflow that takes it. */
const dailySteps = {
  auditBooks: workflowIds.audit,
  writeSummary: workflowIds.summary,
  checkMembers: workflowIds.channels,
} as const;
type DailyStep = keyof typeof dailySteps;

const dailyDeaths = Object.entries(dailySteps).flatMap(([step, id]) => bothDeathsOf(id, step));

const isDaily = (step: string): step is DailyStep => step in dailySteps;
const firstPerson = 700_001;
const productCount = 2;

type Kill = PlannedKill<keyof typeof peopleScenarios>;

interface ProductUnderTest {
  readonly product: FragileProduct;
  readonly kills: readonly Kill[];
  readonly daily: readonly Death[];
}

const products: ProductUnderTest[] = [];

beforeAll(async () => {
  const stepsOfPeople = steps.filter((step) => !isDaily(step));
  const shares = dealOut(planKills(stepsOfPeople, scenarios, firstPerson), productCount);
  await Promise.all(
    shares.map(async (kills, share) => {
      const daily = share === 0 ? dailyDeaths : [];
      const product = await FragileProduct.open([...kills.map(({ death }) => death), ...daily]);
      products.push({ product, kills, daily });
    }),
  );
});
afterAll(() => Promise.all(products.map(({ product }) => product.close())));

async function playAll({ product, kills, daily }: ProductUnderTest): Promise<void> {
  const admin = product.person(adminId);
  await admin.send("/start");
  await retryUntilDone(() => admin.waitForMessage(/administrator here/u));
  const playKill = (kill: Kill) =>
    playOrExplain(product, kill, () =>
      peopleScenarios[kill.scenario](product, product.person(kill.death.person), admin),
    );
  const [last, first] = [true, false].map((isLast) =>
    kills.filter(({ scenario }) => (scenario === "joinTheChannel") === isLast),
  );
  await Promise.all((first ?? []).map(playKill));
  // They ask everybody of their product to join a channel.
  for (const kill of last ?? []) await playKill(kill);
  for (const death of daily) await runUntil(product, death);
  product.checkAllDeathsHappened();
  await product.checkEverythingAgrees();
  await checkTimeIsGivenOnce(product, kills);
  for (const { death } of kills) await product.checkSentOnce(product.person(death.person));
}

/** Makes what otherwise runs once a day run now, until the worker has died this death. */
async function runUntil(product: FragileProduct, death: Death): Promise<void> {
  await retryUntilDone(async () => {
    await product.temporal.client.workflow.getHandle(String(death.person)).signal("checkNow");
    if (!product.hasDied(death)) throw new Error(`${death.activity} has not run yet`);
  });
}

/** The time lots that a scenario leaves. */
const lotsOf: { readonly [Scenario in keyof typeof peopleScenarios]?: string } = {
  goThroughTrial: trialAndExtension,
  joinTheChannel: "trial 3",
  useLinks: "trial 3",
};

async function checkTimeIsGivenOnce(
  product: FragileProduct,
  kills: readonly Kill[],
): Promise<void> {
  const subscriptions = await product.rows<{ telegram_id: number; devices: number; lots: string }>(
    `select c.telegram_id,
            (select count(*) from devices d
              where d.subscription_id = s.id and d.revoked_at is null) as devices,
            (select string_agg(t.kind || ' ' || t.ms / 86400000, ',' order by t.seq)
               from time_lots t where t.subscription_id = s.id) as lots
       from subscriptions s join customers c on c.id = s.customer_id`,
  );
  const expected = kills.flatMap(({ scenario, death }) => {
    const lots = lotsOf[scenario];
    return lots === undefined ? [] : [{ telegram_id: death.person, devices: 1, lots }];
  });
  expect(subscriptions.toSorted((a, b) => a.telegram_id - b.telegram_id)).toEqual(
    expected.toSorted((a, b) => a.telegram_id - b.telegram_id),
  );
}
