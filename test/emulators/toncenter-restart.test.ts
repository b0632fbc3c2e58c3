import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clientOf, startToncenter } from "./toncenter-client.ts";

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "toncenter-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "toncenter.jsonl");
}

interface Program {
  readonly process: ChildProcess;
  readonly firstLine: string;
}

/**
 * Runs the emulator as `npm start` does, until its first line; it dies with the test at the latest.
 */
async function run(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env["PATH"], TONCENTER_EMULATOR_PORT: "0", ...variables };
  const child = spawn(process.execPath, ["emulators/toncenter/main.ts", ...args], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = [once(child.stdout, "data"), once(child.stderr, "data")];
  const [line] = (await Promise.race(lines)) as [Buffer];
  const program: Program = { process: child, firstLine: line.toString().trim() };
  return { ...program, ...clientOf(/http:\S+/u.exec(program.firstLine)?.[0] ?? "") };
}

const orders = [
  { amount: "1500000000", comment: "native", from: "ann" },
  { amount: "2500000", jetton: "usdt", comment: "jetton", from: "bob" },
  { amount: "1", jetton: "usdt", from: "ann", forward_ton_amount: "0", id: "button" },
];

test("a killed emulator comes back with the same transactions, and goes on from there", async () => {
  const dataFile = newFile();
  const before = await run(["--data", dataFile]);
  for (const order of orders) await before.pay(order);
  await before.forge({ amount: "9", comment: "forged" });
  const { jetton } = await before.newJetton({ symbol: "FAKE" });
  await before.pay({ amount: "4", jetton: jetton?.master });
  expect(await before.pay({ amount: "1", jetton: (await before.info()).merchant.raw })).toEqual({
    error: expect.any(String),
  });
  const [rows, transfers] = [await before.transactions({ limit: 1_000 }), await before.transfers()];
  const wallets = await before.wallets();
  before.process.kill("SIGKILL");
  await once(before.process, "exit");

  const after = await run(["--data", dataFile]);
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
  const dataFile = newFile();
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
  const dataFile = newFile();
  const first = await startToncenter({ dataFile });
  await first.pay({ amount: "1" });
  await first.reset();
  await first.close();
  expect(await (await startToncenter({ dataFile })).transactions()).toEqual([]);
});

test("a file that is not a log, or is another merchant's, is left alone with an error", async () => {
  const other = newFile();
  writeFileSync(other, "something else");
  await expect(startToncenter({ dataFile: other })).rejects.toThrow(":1 is damaged: move the file");
  expect(readFileSync(other, "utf8")).toBe("something else");
  const dataFile = newFile();
  await (await startToncenter({ dataFile })).close();
  const merchant = "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs";
  await expect(startToncenter({ dataFile, merchant })).rejects.toThrow("of another merchant");
  await expect(startToncenter({ merchant: "EQx" })).rejects.toThrow("is not a TON address");
});

test("SIGTERM ends it, and a taken port is one clear line", async () => {
  const wallet = "UQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_p0p";
  const { process: child, firstLine, url, info } = await run([], { TON_WALLET: wallet });
  expect(firstLine).toMatch(/^toncenter emulator ready on http:\/\/127\.0\.0\.1:\d+$/u);
  expect((await info()).merchant.non_bounceable).toBe(wallet);
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
  const port = new URL(url).port;
  const second = await run([], { TONCENTER_EMULATOR_PORT: port });
  expect(second.firstLine).toBe(
    `toncenter emulator: port ${port} is taken: stop what listens there or set TONCENTER_EMULATOR_PORT`,
  );
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(0);
});

test("it does not start beside a real bot, nor with an invalid address", async () => {
  const real = await run([], { BOT_TOKEN: "99:real" });
  expect(real.firstLine).toMatch(/is a real one: the emulator serves the demo only/u);
  expect(real.firstLine).not.toContain("99:real");
  const wrong = await run([], { TON_WALLET: "here" });
  expect(wrong.firstLine).toBe("toncenter emulator: TON_WALLET: is not a TON address");
});
