import { afterAll, beforeAll, expect, test } from "vitest";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Death } from "../drivers/fragile-worker.ts";
import { adminId, bothDeathsOf, FragileProduct, retryUntilDone } from "./fragile-product.ts";
import { dealOut, planKills, type PlannedKill, playOrExplain } from "./kill-plan.ts";
import { peopleScenarios, trialAndExtension } from "./people-scenarios.ts";
import { type StepOf, stepsOf } from "./steps.ts";

const steps = stepsOf("people");

test(`a worker that is killed at each of ${steps.length} steps, at its start and at its end, breaks no scenario`, async () => {
  expect(products.flatMap(({ kills, audits }) => [...kills, ...audits])).toHaveLength(
    steps.length * 2,
  );
  await Promise.all(products.map(playAll));
}, 1_800_000);

/** The scenario in which each step is taken; the audit belongs to no person. */
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
  keepQuestion: "writeToSupport",
  keepAnswer: "writeToSupport",
  closeTicket: "writeToSupport",
  writeDueReminders: "writeToSupport",
  recordShopChange: "changeTheShop",
} as const satisfies Readonly<
  Record<Exclude<StepOf<"people">, typeof auditStep>, keyof typeof peopleScenarios>
>;

const auditStep = "auditBooks";
const firstPerson = 700_001;
const productCount = 3;

type Kill = PlannedKill<keyof typeof peopleScenarios>;

interface ProductUnderTest {
  readonly product: FragileProduct;
  readonly kills: readonly Kill[];
  readonly audits: readonly Death[];
}

const products: ProductUnderTest[] = [];

beforeAll(async () => {
  const stepsOfPeople = steps.filter((step) => step !== auditStep);
  const shares = dealOut(planKills(stepsOfPeople, scenarios, firstPerson), productCount);
  await Promise.all(
    shares.map(async (kills, share) => {
      const audits = share === 0 ? bothDeathsOf("audit", auditStep) : [];
      const product = await FragileProduct.open([...kills.map(({ death }) => death), ...audits]);
      products.push({ product, kills, audits });
    }),
  );
});
afterAll(() => Promise.all(products.map(({ product }) => product.close())));

async function playAll({ product, kills, audits }: ProductUnderTest): Promise<void> {
  const admin = product.person(adminId);
  await admin.send("/start");
  await retryUntilDone(() => admin.waitForMessage(/administrator here/u));
  await Promise.all(
    kills.map((kill) =>
      playOrExplain(product, kill, () =>
        peopleScenarios[kill.scenario](product, product.person(kill.death.person), admin),
      ),
    ),
  );
  for (const death of audits) await runAuditUntil(product, death);
  product.checkAllDeathsHappened();
  await product.checkEverythingAgrees();
  await checkTimeIsGivenOnce(product, kills);
  for (const { death } of kills) await product.checkSentOnce(product.person(death.person));
}

/** Starts audits, which otherwise run once a day, until the worker has died this death. */
async function runAuditUntil(product: FragileProduct, death: Death): Promise<void> {
  await retryUntilDone(async () => {
    await product.temporal.client.workflow.getHandle(workflowIds.audit).signal("checkNow");
    if (!product.hasDied(death)) throw new Error("no audit yet");
  });
}

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
  const expected = kills
    .filter(({ scenario }) => scenario === "goThroughTrial")
    .map(({ death }) => ({ telegram_id: death.person, devices: 1, lots: trialAndExtension }));
  expect(subscriptions.toSorted((a, b) => a.telegram_id - b.telegram_id)).toEqual(
    expected.toSorted((a, b) => a.telegram_id - b.telegram_id),
  );
}
