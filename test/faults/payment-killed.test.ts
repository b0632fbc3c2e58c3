import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCryptoBotEmulator } from "../../emulators/cryptobot/emulator.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Death } from "../drivers/fragile-worker.ts";
import {
  adminId,
  bothDeathsOf,
  FragileProduct,
  retryUntilDone,
  signUp,
} from "./fragile-product.ts";
import { dealOut, planKills, type PlannedKill, playOrExplain } from "./kill-plan.ts";
import { approvalAbove, gateway, paid, type Payer, paymentIdOf } from "./money-facts.ts";
import { type MoneyScenario, MoneyScenarios, outcomes } from "./money-scenarios.ts";
import { type StepOf, stepsOf } from "./steps.ts";

const steps = stepsOf("money");

test(`a worker that is killed at each of ${steps.length} steps of money, at its start and at its end, loses and doubles nothing`, async () => {
  expect(products.flatMap(({ kills }) => kills)).toHaveLength(steps.length * 2);
  await Promise.all(products.map(playAll));
}, 1_800_000);

/** The scenario in which each step is taken. */
const scenarioOf: Readonly<Record<StepOf<"money">, MoneyScenario>> = {
  openOrder: "pay",
  issueInvoice: "pay",
  decideEvents: "pay",
  confirmEvents: "payAnotherAmount",
  lookUp: "letLapse",
  closePayment: "letLapse",
  findOrder: "payTwice",
  openRefund: "payAndRefund",
  refundAtGateway: "payAndRefund",
  completeRefund: "payTwice",
  approveRefund: "refundWithApproval",
  failRefund: "rejectRefund",
  keepUnmatched: "payForNoOrder",
  resolveUnmatched: "payForNoOrder",
  closeUnmatched: "payForNoOrder",
  refundUnmatched: "refundUnmatched",
  notifyInvoiceDelayed: "payAfterDelay",
  showInvoice: "lookAgain",
  cancelInvoice: "cancel",
  notifyRefundWaits: "refundAfterOutage",
  changeRenewal: "agreeToRenew",
  findStarChange: "agreeToRenew",
  changeStars: "agreeToRenew",
  recordStarChange: "agreeToRenew",
};

const token = "12345:AAtestTestTestTestTestTestTestTest0000";
const firstPerson = 70_000_001;
const productCount = 2;

type Kill = PlannedKill<MoneyScenario>;

interface ProductUnderTest {
  readonly product: FragileProduct;
  readonly cryptobot: Awaited<ReturnType<typeof startCryptoBotEmulator>>;
  readonly scenarios: MoneyScenarios;
  readonly kills: readonly Kill[];
  /** The kills at the activity that reads the gateway; none on all products but the first. */
  readonly reconcilerDeaths: readonly Death[];
  /** The customer whose payment no webhook reports. */
  readonly withoutWebhook: number;
}

const products: ProductUnderTest[] = [];

beforeAll(async () => {
  const kills = planKills(steps, scenarioOf, firstPerson);
  const shares = dealOut(kills, productCount);
  await Promise.all(
    shares.map(async (mine, share) => {
      const reconcilerDeaths = share === 0 ? bothDeathsOf(gateway, "reconcileGateway") : [];
      const withoutWebhook = firstPerson + kills.length + share;
      products.push({ ...(await openProduct(mine, reconcilerDeaths)), withoutWebhook });
    }),
  );
});
afterAll(async () => {
  for (const { product, cryptobot } of products) {
    await product.close();
    await cryptobot.close();
  }
});

async function openProduct(
  kills: readonly Kill[],
  reconcilerDeaths: readonly Death[],
): Promise<Omit<ProductUnderTest, "withoutWebhook">> {
  const cryptobot = await startCryptoBotEmulator({ port: 0, token, openingBalance: "100000" });
  const deaths = [...kills.map(({ death }) => death), ...reconcilerDeaths];
  const product = await FragileProduct.open(deaths, {
    AUTO_APPROVE: "true",
    CRYPTOBOT_TOKEN: token,
    CRYPTOBOT_URL: cryptobot.url,
    CRYPTOBOT_REFUNDS: "true",
    REFUND_APPROVAL_ABOVE: `USDT:${approvalAbove.minor / 1_000_000}`,
  });
  const scenarios = new MoneyScenarios(product, cryptobot.url);
  return { product, cryptobot, scenarios, kills, reconcilerDeaths };
}

/** A planned kill and the customer in whose scenario it happens. */
interface Play extends Kill {
  readonly payer: Payer;
}

async function playAll(under: ProductUnderTest): Promise<void> {
  const { product, scenarios } = under;
  const payerOf = (id: number): Payer => ({ person: product.person(id), id: paymentIdOf(id) });
  await product.person(adminId).send("/start");
  const plays = under.kills.map((kill) => ({ ...kill, payer: payerOf(kill.death.person) }));
  await Promise.all(plays.map(({ payer }) => signUp(payer.person)));
  await Promise.all(plays.filter((one) => !needsOutage(one)).map((one) => play(under, one)));
  const payer = payerOf(under.withoutWebhook);
  await signUp(payer.person);
  if (under.reconcilerDeaths.length > 0) await killReconcilerAtItsEnd(under);
  await scenarios.payWithoutWebhook(payer);
  await playDuringOutages(under, plays.filter(needsOutage));
  product.checkAllDeathsHappened();
  await product.checkEverythingAgrees();
  for (const one of plays) await checkOutcome(product, one);
  await checkOutcome(product, { payer, scenario: "payWithoutWebhook" });
  await checkNothingIsPaidBackTwice(under);
}

const play = (under: ProductUnderTest, one: Play): Promise<void> =>
  playOrExplain(under.product, one, () =>
    Promise.all([under.scenarios[one.scenario](one.payer), reportMeanwhile(under, one)]),
  );

/**
 * The worker dies as a step ends, and before it takes the step up again another charge is reported.
 */
async function reportMeanwhile(
  { product, scenarios }: ProductUnderTest,
  { death, payer }: Play,
): Promise<void> {
  if (death.when === "started") return;
  while (!product.hasDied(death)) await delay(20);
  await scenarios.report(payer, paid(meanwhileReference(payer)));
  await product.waitForEnd(workflowIds.payment(payer.id));
}

const meanwhileReference = ({ person }: Payer): string => `${person.id}-meanwhile`;

/** The activity that reads the gateway ends only when the reconciler is paused. */
async function killReconcilerAtItsEnd(under: ProductUnderTest): Promise<void> {
  const { product, reconcilerDeaths } = under;
  const reconciler = product.temporal.client.workflow.getHandle(workflowIds.gateway(gateway));
  await retryUntilDone(() => reconciler.signal("pause"));
  await retryUntilDone(async () => {
    const atItsEnd = reconcilerDeaths.find(({ when }) => when === "ended");
    if (!product.hasDied(atItsEnd!)) throw new Error("the gateway is still read");
  });
  await retryUntilDone(() => reconciler.signal("resume"));
}

const needsOutage = ({ scenario }: Kill): boolean =>
  scenario === "payAfterDelay" || scenario === "refundAfterOutage";

/** An outage would disturb the other scenarios: these are played last. */
async function playDuringOutages(under: ProductUnderTest, plays: readonly Play[]): Promise<void> {
  const { scenarios } = under;
  const delayed = plays.filter(({ scenario }) => scenario === "payAfterDelay");
  if (delayed.length > 0) {
    await scenarios.breakGateway("createInvoice");
    await Promise.all([
      ...delayed.map((one) => play(under, one)),
      scenarios.mendOnceDelayed(delayed.map(({ payer }) => payer.id)),
    ]);
  }
  for (const one of plays.filter(({ scenario }) => scenario === "refundAfterOutage")) {
    await scenarios.breakGateway("transfer");
    await play(under, one);
  }
}

/**
 * The time that the order has bought, once; the charge that came meanwhile, once;
 * each message, once.
 */
async function checkOutcome(
  product: FragileProduct,
  { payer, scenario, death }: Omit<Play, "death"> & Partial<Pick<Play, "death">>,
): Promise<void> {
  const person = payer.person.id;
  const hasMeanwhile = death?.when === "ended";
  const outcome = outcomes[scenario];
  const buysTime = outcome === "time" || (outcome === "no time" && hasMeanwhile);
  const lots = await product.rows("select 1 from time_lots where cause = ?", [
    `payment/${payer.id}`,
  ]);
  expect({ person, scenario, lots: lots.length }).toEqual({
    person,
    scenario,
    lots: buysTime ? 1 : 0,
  });
  if (hasMeanwhile) {
    const reference = meanwhileReference(payer);
    const charges = await product.rows(
      `select reference from charges where reference = ? and paid_minor is not null
        union all select reference from unmatched where reference = ?`,
      [reference, reference],
    );
    expect({ person, charges: charges.length }).toEqual({ person, charges: 1 });
  }
  await product.checkSentOnce(payer.person);
}

/** By the gateway's own list: one transfer for each refund in the books. */
async function checkNothingIsPaidBackTwice(under: ProductUnderTest): Promise<void> {
  const { product, cryptobot } = under;
  const refunds = await retryUntilDone(async () => {
    const rows = await product.rows<{ state: string }>(
      `select state from refunds where state <> 'rejected'
        union all select state from unmatched where state in ('refunding', 'returned')`,
    );
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["returned"]));
    return rows;
  });
  const answer = await fetch(`${cryptobot.url}/api/getTransfers?count=1000`, {
    headers: { "crypto-pay-api-token": token },
  });
  const { result } = (await answer.json()) as { result: { items: { spend_id: string }[] } };
  expect(result.items).toHaveLength(refunds.length);
}
