import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCryptoBotEmulator } from "../../emulators/cryptobot/emulator.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Death } from "../drivers/fragile-worker.ts";
import {
  approvalAbove,
  type Buying,
  gateway,
  MoneyStories,
  paid,
  paymentIdOf,
} from "./money-stories.ts";
import { adminId, bothDeathsOf, MortalProcesses, until } from "./mortal-processes.ts";
import { type StepOf, stepsOf } from "./steps.ts";

const token = "12345:AAtestTestTestTestTestTestTestTest0000";
const steps = stepsOf("money");

type StoryName = Exclude<
  keyof MoneyStories,
  "breakGateway" | "mendOnceDelayed" | "invoiced" | "report"
>;

/** The story in which a step is taken. */
const storyOf: Readonly<Record<StepOf<"money">, StoryName>> = {
  openOrder: "pays",
  issueInvoice: "pays",
  decideEvents: "pays",
  confirmEvents: "isConfirmed",
  lookUp: "lapses",
  closePayment: "lapses",
  findOrder: "paysTwice",
  openRefund: "isRefunded",
  refundAtGateway: "isRefunded",
  completeRefund: "paysTwice",
  approveRefund: "isRefundedWithApproval",
  failRefund: "isNotRefunded",
  keepUnmatched: "paysForNothing",
  resolveUnmatched: "paysForNothing",
  closeUnmatched: "paysForNothing",
  refundUnmatched: "isSentBack",
  tellInvoiceDelayed: "waitsForInvoice",
  tellRefundWaits: "waitsForGateway",
};

/** Time that a story leaves with its customer, where nothing more is reported. */
const buysTime: ReadonlySet<StoryName> = new Set<StoryName>([
  "pays",
  "isConfirmed",
  "paysTwice",
  "isRefunded",
  "isRefundedWithApproval",
  "isNotRefunded",
  "waitsForInvoice",
  "waitsForGateway",
  "isFound",
]);

interface Planned {
  readonly death: Death & { readonly person: number };
  readonly story: StoryName;
}

let lastPerson = 70_000_000;
const planned: readonly Planned[] = steps.flatMap((activity) =>
  (["started", "ended"] as const).map((when) => {
    return { death: { person: (lastPerson += 1), activity, when }, story: storyOf[activity] };
  }),
);
const loops = bothDeathsOf(gateway, "reconcileGateway");

/** A worker dies one death at a time, and then much is waited for: so two products die side by side. */
const products = 2;

interface Shop {
  readonly product: MortalProcesses;
  readonly cryptobot: Awaited<ReturnType<typeof startCryptoBotEmulator>>;
  readonly stories: MoneyStories;
  readonly planned: readonly Planned[];
  readonly loops: readonly Death[];
}

const opened: Shop[] = [];

async function open(mine: readonly Planned[], theirs: readonly Death[]): Promise<void> {
  const cryptobot = await startCryptoBotEmulator({ port: 0, token, openingBalance: "100000" });
  const deaths = [...mine.map(({ death }) => death), ...theirs];
  const product = await MortalProcesses.open(deaths, {
    AUTO_APPROVE: "true",
    CRYPTOBOT_TOKEN: token,
    CRYPTOBOT_URL: cryptobot.url,
    CRYPTOBOT_REFUNDS: "true",
    REFUND_APPROVAL_ABOVE: `USDT:${approvalAbove.minor / 1_000_000}`,
  });
  const stories = new MoneyStories(product, cryptobot.url);
  opened.push({ product, cryptobot, stories, planned: mine, loops: theirs });
}

beforeAll(async () => {
  const shares = Array.from({ length: products }, (_, share) =>
    planned.filter((_one, index) => index % products === share),
  );
  await Promise.all(shares.map((mine, share) => open(mine, share === 0 ? loops : [])));
});
afterAll(async () => {
  for (const { product, cryptobot } of opened) {
    await product.close();
    await cryptobot.close();
  }
});

async function becomesCustomer({ person }: Buying): Promise<void> {
  await person.send("/start");
  await until(() => person.answerCaptcha());
  await until(() => person.waitForMessage(/How to connect/u));
}

/** The worker is dead behind a step, any of them: another charge is reported before anybody takes the step up again. */
async function reportMeanwhile(
  { product, stories }: Shop,
  { death }: Planned,
  buying: Buying,
): Promise<void> {
  if (death.when === "started") return;
  while (!product.hasDied(death)) await delay(20);
  await stories.report(buying, paid(meanwhileOf(buying)));
  await product.waitForEnd(workflowIds.payment(buying.id));
}

const meanwhileOf = ({ person }: Buying): string => `${person.id}-meanwhile`;

const isLast = ({ story }: Planned): boolean =>
  story === "waitsForInvoice" || story === "waitsForGateway";

test(`a worker that is killed at each of ${steps.length} steps of money, at its start and at its end, loses and doubles nothing`, async () => {
  expect(opened.flatMap((shop) => shop.planned)).toHaveLength(steps.length * 2);
  await Promise.all(opened.map(trade));
}, 1_800_000);

async function trade(shop: Shop): Promise<void> {
  const { product, stories } = shop;
  const buyingOf = (person: number): Buying => {
    return { person: product.person(person), id: paymentIdOf(person) };
  };
  await product.person(adminId).send("/start");
  const played = shop.planned.map((one) => ({ ...one, buying: buyingOf(one.death.person) }));
  await Promise.all(played.map(({ buying }) => becomesCustomer(buying)));
  await Promise.all(played.filter((one) => !isLast(one)).map((one) => plays(shop, one)));
  const found = buyingOf((lastPerson += 1));
  await becomesCustomer(found);
  if (shop.loops.length > 0) await endTheLoop(shop);
  await stories.isFound(found);
  await waitForTheGateway(shop, played.filter(isLast));
  product.checkAllHaveDied();
  await product.checkTheWhole();
  for (const one of [...played, { buying: found, story: "isFound" as const, death: undefined }]) {
    await checkWhatItsStoryGives(product, one);
    await product.checkSentOnce(one.buying.person);
  }
  await checkNothingIsPaidBackTwice(shop);
}

type Bought = Planned & { readonly buying: Buying };

/** A story that gets stuck says where. */
async function plays(shop: Shop, one: Bought): Promise<void> {
  const { buying, story, death } = one;
  try {
    await Promise.all([shop.stories[story](buying), reportMeanwhile(shop, one, buying)]);
  } catch (error) {
    const { person, activity, when } = death;
    const where = `${story} with a death at ${activity}, ${when}`;
    const standings = await shop.product.standings(person);
    throw new Error(`${where}: ${String(error)}\n${standings}`, { cause: error });
  }
}

/** The gateway's loop ends when it is paused. */
async function endTheLoop({ product, loops: [, ended] }: Shop): Promise<void> {
  const reconciler = product.temporal.client.workflow.getHandle(workflowIds.gateway(gateway));
  await until(() => reconciler.signal("pause"));
  await until(async () => {
    if (!product.hasDied(ended!)) throw new Error("it still reads");
  });
  await until(() => reconciler.signal("resume"));
}

/** These come last, each kind alone. */
async function waitForTheGateway(shop: Shop, played: readonly Bought[]): Promise<void> {
  const { stories } = shop;
  const invoices = played.filter(({ story }) => story === "waitsForInvoice");
  if (invoices.length > 0) {
    await stories.breakGateway("createInvoice");
    await Promise.all([
      ...invoices.map((one) => plays(shop, one)),
      stories.mendOnceDelayed(invoices.map(({ buying }) => buying.id)),
    ]);
  }
  for (const one of played.filter(({ story }) => story === "waitsForGateway")) {
    await stories.breakGateway("transfer");
    await plays(shop, one);
  }
}

interface Played {
  readonly buying: Buying;
  readonly story: StoryName;
  readonly death: Death | undefined;
}

async function checkWhatItsStoryGives(
  product: MortalProcesses,
  { buying: { id, person }, story, death }: Played,
): Promise<void> {
  const isMeanwhile = death?.when === "ended";
  const lots = await product.rows("select 1 from time_lots where cause = ?", [`payment/${id}`]);
  const isForOrder = story !== "paysForNothing" && story !== "isSentBack";
  const expected = buysTime.has(story) || (isMeanwhile && isForOrder) ? 1 : 0;
  expect({ person: person.id, story, lots: lots.length }).toEqual({
    person: person.id,
    story,
    lots: expected,
  });
  if (!isMeanwhile) return;
  const kept = await product.rows(
    `select reference from charges where reference = ? and paid_minor is not null
      union all select reference from unmatched where reference = ?`,
    [`${person.id}-meanwhile`, `${person.id}-meanwhile`],
  );
  expect({ person: person.id, kept: kept.length }).toEqual({ person: person.id, kept: 1 });
}

/** The gateway's own list: one transfer for each refund that the books know. */
async function checkNothingIsPaidBackTwice({ product, cryptobot }: Shop): Promise<void> {
  const states = await until(async () => {
    const all = await product.rows<{ state: string }>(
      `select state from refunds where state <> 'rejected'
        union all select state from unmatched where state in ('refunding', 'returned')`,
    );
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(["returned"]));
    return all;
  });
  const answer = await fetch(`${cryptobot.url}/api/getTransfers?count=1000`, {
    headers: { "crypto-pay-api-token": token },
  });
  const { result } = (await answer.json()) as { result: { items: { spend_id: string }[] } };
  expect(result.items).toHaveLength(states.length);
}
