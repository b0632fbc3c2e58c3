import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { endBy, newDataFile, runEmulator } from "./programs.ts";
import { clientOf, startToncenter } from "./toncenter-client.ts";

async function run(dataFile?: string, variables: Readonly<Record<string, string>> = {}) {
  const env = { TONCENTER_EMULATOR_PORT: "0", ...variables };
  const program = await runEmulator("toncenter", env, dataFile);
  return { ...clientOf(program.url), program };
}

const orders = [
  { amount: "1500000000", comment: "native", from: "ann" },
  { amount: "2500000", jetton: "usdt", comment: "jetton", from: "bob" },
  { amount: "1", jetton: "usdt", from: "ann", forward_ton_amount: "0", id: "button" },
];

test("a killed emulator comes back with the same transactions, and goes on from there", async () => {
  const dataFile = newDataFile();
  const before = await run(dataFile);
  for (const order of orders) await before.pay(order);
  await before.forge({ amount: "9", comment: "forged" });
  const { jetton } = await before.createJetton({ symbol: "FAKE" });
  await before.pay({ amount: "4", jetton: jetton?.master });
  expect(await before.pay({ amount: "1", jetton: (await before.info()).merchant.raw })).toEqual({
    error: expect.any(String),
  });
  const rows = await before.transactions({ limit: 1_000 });
  const transfers = await before.transfers();
  const wallets = await before.wallets();
  await endBy("SIGKILL", before.program);

  const after = await run(dataFile);
  expect(await after.transactions({ limit: 1_000 })).toEqual(rows);
  expect(await after.transfers()).toEqual(transfers);
  expect(await after.wallets()).toEqual(wallets);
  await after.pay(orders[2] ?? {});
  expect(await after.transfers()).toEqual(transfers);
  await after.pay({ amount: "8" });
  const [newest, ...older] = await after.received({ sort: "desc" });
  expect(newest?.in_msg.value).toBe("8");
  expect(BigInt(newest?.lt ?? 0)).toBeGreaterThan(BigInt(rows[0]?.lt ?? 0));
  expect(newest?.prev_trans_lt).toBe(older[0]?.lt);
});

test("a line that was cut off by a kill is as if nobody had asked", async () => {
  const dataFile = newDataFile();
  const first = await startToncenter({ dataFile });
  await first.pay({ amount: "1" });
  const rows = await first.received();
  await first.close();
  appendFileSync(dataFile, '{"operation":{"kind":"pay","am');
  const second = await startToncenter({ dataFile });
  expect(await second.received()).toEqual(rows);
  await second.pay({ amount: "2" });
  await second.close();
  expect(await (await startToncenter({ dataFile })).received()).toHaveLength(2);
});

test("a reset is kept as well", async () => {
  const dataFile = newDataFile();
  const first = await startToncenter({ dataFile });
  await first.pay({ amount: "1" });
  await first.reset();
  await first.close();
  expect(await (await startToncenter({ dataFile })).transactions()).toEqual([]);
});

test("a file that is not a log, or is another merchant's, is left alone with an error", async () => {
  const other = newDataFile();
  writeFileSync(other, "something else");
  await expect(startToncenter({ dataFile: other })).rejects.toThrow(":1 is damaged: move the file");
  expect(readFileSync(other, "utf8")).toBe("something else");
  const dataFile = newDataFile();
  await (await startToncenter({ dataFile })).close();
  const merchant = "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs";
  await expect(startToncenter({ dataFile, merchant })).rejects.toThrow("of another merchant");
  await expect(startToncenter({ merchant: "EQx" })).rejects.toThrow("is not a TON address");
});

test("SIGTERM ends it, and a taken port is one clear line", async () => {
  const wallet = "UQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_p0p";
  const { program, url, info } = await run(undefined, { TON_WALLET: wallet });
  expect(program.firstLine).toMatch(/^toncenter emulator ready on http:\/\/127\.0\.0\.1:\d+$/u);
  expect((await info()).merchant.non_bounceable).toBe(wallet);
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
  const port = new URL(url).port;
  const second = await run(undefined, { TONCENTER_EMULATOR_PORT: port });
  expect(second.program.firstLine).toBe(
    `toncenter emulator: port ${port} is taken: stop what listens there or set TONCENTER_EMULATOR_PORT`,
  );
  expect(await endBy("SIGTERM", program)).toBe(0);
});

test("it does not start beside a real bot, nor with an invalid address", async () => {
  const real = await run(undefined, { BOT_TOKEN: "99:real" });
  expect(real.program.firstLine).toMatch(/is a real one: the emulator serves the demo only/u);
  expect(real.program.firstLine).not.toContain("99:real");
  const wrong = await run(undefined, { TON_WALLET: "here" });
  expect(wrong.program.firstLine).toBe("toncenter emulator: TON_WALLET: is not a TON address");
});
