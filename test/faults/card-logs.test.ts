import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SavedCard } from "../../emulators/tbank/saved-cards.ts";
import { testCards } from "../../emulators/tbank/cards.ts";
import { eventually } from "../drivers/eventually.ts";
import { ask } from "./gateway-drivers/control.ts";
import type { GatewayDriverKind } from "./gateway-drivers/gateway-driver.ts";
import { tbank } from "./gateway-drivers/tbank.ts";
import { ton } from "./gateway-drivers/ton.ts";
import { HistoryPlayer } from "./history-player.ts";
import type { Act, History } from "./payment-history.ts";
import { openProduct, type ProductFixture } from "./product-fixture.ts";

/** Everything that a log may be asked to show. */
const talkative = (kind: GatewayDriverKind): GatewayDriverKind => ({
  ...kind,
  open: async (options) => {
    const driver = await kind.open(options);
    return { ...driver, variables: { ...driver.variables, LOG_LEVEL: "trace" } };
  },
});

let fixture: ProductFixture;

beforeAll(async () => {
  fixture = await openProduct([talkative(tbank), ton], 40);
});
afterAll(() => fixture?.close());

const pay: Act = { kind: "pay", tenths: 10, by: "card" };
const due: Act = { kind: "dueCharge" };
const refuse = (method: string): Act => {
  const trouble = { kind: "refuse", method, code: "9999", times: 1 };
  return { kind: "trouble", trouble };
};
const lose = (method: string): Act => {
  const trouble = { kind: "timeout-after-success", method, times: 1, hold_ms: 50 };
  return { kind: "trouble", trouble };
};

const renewing = (...acts: readonly Act[]): History => ({
  gateway: "tbank",
  currency: "RUB",
  recurs: true,
  trialDays: 3,
  steps: acts.map((act) => ({ ...act, thenMs: 0 })),
  mail: [],
});

/** Charged, declined, lost, refused by the terminal, removed by the bank and by its owner. */
const histories = [
  renewing(pay, due),
  renewing(pay, lose("Charge"), due, due),
  renewing(pay, refuse("Charge"), due, due),
  renewing(pay, { kind: "card", is: "poor" }, due, { kind: "card", is: "good" }, due),
  renewing(pay, { kind: "card", is: "removed" }, due),
  renewing(pay, refuse("GetCardList"), due, { kind: "endRenewal", how: "forgetCard" }),
  renewing(pay, due, { kind: "kill", part: "worker" }, { kind: "endRenewal", how: "forgetCard" }),
];

const unmatched: History = {
  ...renewing({ kind: "payForNothing" }),
  gateway: "ton",
  currency: "GRAM",
  recurs: false,
};

/** Waits until the books have the transfer that names no order. */
const waitForUnmatched = () =>
  eventually(async () => {
    await fixture.check("ton");
    const rows = await fixture.owner.em.fork().execute("select comment from unmatched");
    expect(rows).toEqual([{ comment: "for the coffee" }]);
  }, 60_000);

async function listRenewals(): Promise<Record<string, number>> {
  const rows = await fixture.owner.em
    .fork()
    .execute<{ state: string; count: number }[]>(
      "select state, count(*)::int as count from payments where recurs = 'renews' group by 1",
    );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** What each process has written, by the name of its program. */
const readLogs = (): Record<string, string> => {
  const { folder } = fixture.processes;
  const names = readdirSync(folder).filter((name) => /^(?:workers|bot|api)-.*\.log$/u.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
};

test("what charges a card, its number, the terminal's password and a sender's comment are in no log", async () => {
  for (const history of [...histories, unmatched]) {
    const player = new HistoryPlayer(fixture, history);
    await player.play(60_000);
    if (history === unmatched) await waitForUnmatched();
    expect(await player.complaints(await fixture.audit())).toEqual([]);
  }
  const renewals = await listRenewals();
  expect(renewals["settled"]).toBeGreaterThanOrEqual(4);
  expect(renewals["declined"]).toBeGreaterThanOrEqual(2);

  const { TBANK_URL: url, TBANK_PASSWORD: password } = fixture.gateways.get("tbank")!.variables;
  const cards = await ask<SavedCard[]>(`${url}/control/cards`, undefined, "GET");
  expect(cards.length).toBeGreaterThanOrEqual(histories.length);
  const secrets = [
    ...cards.map(({ rebillId }) => String(rebillId)),
    ...testCards.map(({ number }) => number),
    password,
    "for the coffee",
  ];
  const logs = readLogs();
  expect(Object.keys(logs).toSorted()).toEqual([
    "api-main.ts.log",
    "bot-main.ts.log",
    "workers-main.ts.log",
  ]);
  for (const [name, text] of Object.entries(logs)) {
    expect(text).not.toBe("");
    const found = secrets.filter((secret) => secret !== undefined && text.includes(secret));
    expect({ name, found }).toEqual({ name, found: [] });
  }
}, 900_000);
