import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { endBy, newDataFile, runEmulator } from "./programs.ts";
import { eventually } from "./servers.ts";
import {
  type Answer,
  clientOf,
  password,
  startShop,
  startTBank,
  terminalKey,
} from "./tbank-client.ts";

const run = (variables: Readonly<Record<string, string>> = {}, dataFile?: string) => {
  const account = { TBANK_TERMINAL_KEY: terminalKey, TBANK_PASSWORD: password };
  return runEmulator("tbank", { TBANK_EMULATOR_PORT: "0", ...account, ...variables }, dataFile);
};

test("a kill loses no payment that was answered for, and what the shop missed comes after it", async () => {
  const dataFile = newDataFile();
  const { url, received } = await startShop([{ status: 503 }, { status: 503 }]);
  const env = { TBANK_EMULATOR_WEBHOOK_URL: url, TBANK_EMULATOR_WEBHOOK_RETRY_MS: "3600000" };
  const before = await run(env, dataFile);
  const first = clientOf(before.url);
  const paid = await first.init();
  const open = await first.init();
  const refunded = await first.init();
  await first.pay(paid.PaymentId);
  await eventually(async () =>
    expect(await first.waiting()).toMatchObject([{ tries: 1 }, { tries: 1 }]),
  );
  await first.pay(refunded.PaymentId);
  const cancel = { PaymentId: refunded.PaymentId, Amount: 900, ExternalRequestId: "r1" };
  await first.call("Cancel", cancel);
  await first.control("balance", { kopecks: 100 }, "PUT");
  const earlier = await Promise.all(
    [paid, open, refunded].map(({ PaymentId }) => first.payment(PaymentId)),
  );
  await endBy("SIGKILL", before);

  const second = clientOf((await run(env, dataFile)).url);
  const again = [paid, open, refunded].map(({ PaymentId }) => second.payment(PaymentId));
  expect(await Promise.all(again)).toEqual(earlier);
  const repeated = await second.call("Cancel", cancel);
  expect(repeated).toMatchObject({ Success: true, Status: "PARTIAL_REFUNDED", NewAmount: 29_000 });
  const more = await second.call("Cancel", { PaymentId: refunded.PaymentId });
  expect(more).toMatchObject({ ErrorCode: "3002" });
  expect((await second.init()).PaymentId).toBe("13660000000000000004");
  expect(received.filter(({ raw }) => raw.includes(`${paid.PaymentId},`))).toHaveLength(2);
  await second.control("deliver", {});
  await eventually(() =>
    expect(received.filter(({ raw }) => raw.includes(`${paid.PaymentId},`))).toHaveLength(4),
  );
  await eventually(async () => expect(await second.waiting()).toEqual([]));
});

test("a kill in the middle of many calls leaves every payment that was answered for", async () => {
  const dataFile = newDataFile();
  const before = await run({}, dataFile);
  const first = clientOf(before.url);
  const answered: Answer[] = [];
  const asking = (async () => {
    for (;;) answered.push(await first.init());
  })().catch(() => undefined);
  await eventually(() => expect(answered.length).toBeGreaterThan(50));
  await endBy("SIGKILL", before);
  await asking;

  const second = clientOf((await run({}, dataFile)).url);
  const payments = await second.control<{ id: string }[]>("payments", undefined, "GET");
  const ids = new Set(payments.map(({ id }) => id));
  expect(answered.filter(({ PaymentId }) => !ids.has(PaymentId))).toEqual([]);
  expect(ids.has((await second.init()).PaymentId)).toBe(false);
});

test("a deadline that passed while it was stopped is found afterwards", async () => {
  const dataFile = newDataFile();
  const startMs = Date.parse("2026-11-21T09:00:00.000Z");
  const first = await startTBank({ dataFile, now: () => startMs });
  const { PaymentId } = await first.init();
  await first.close();
  const second = await startTBank({ dataFile, now: () => startMs + 86_400_000 });
  expect(await second.state(PaymentId)).toBe("DEADLINE_EXPIRED");
});

test("without a data file nothing is kept", async () => {
  const { init, close } = await startTBank();
  await init();
  await close();
  const { control } = await startTBank();
  expect(await control("payments", undefined, "GET")).toEqual([]);
});

test("what keeps it from starting is said in one line, with a remedy", async () => {
  const { url } = await startTBank();
  const taken = await run({ TBANK_EMULATOR_PORT: new URL(url).port });
  expect(taken.firstLine).toContain("is taken: stop what listens there or set TBANK_EMULATOR_PORT");
  const wrong = await run({ TBANK_EMULATOR_FIRST_PAYMENT_ID: "x" });
  expect(wrong.firstLine).toBe(
    "tbank emulator: TBANK_EMULATOR_FIRST_PAYMENT_ID: must be a whole number of 1 to 20 digits",
  );
  const dataFile = newDataFile();
  writeFileSync(dataFile, "no journal\n");
  const { firstLine } = await run({}, dataFile);
  expect(firstLine).toContain("is damaged: move the file away to begin anew");
});

test("a SIGTERM ends it", async () => {
  expect(await endBy("SIGTERM", await run())).toBe(0);
});
