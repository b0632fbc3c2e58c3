import { request as plainRequest } from "node:http";
import secure from "node:https";
import * as fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { parseAmount } from "../../emulators/cryptobot/amounts.ts";
import { Client, startCryptoBot, token } from "./cryptobot-client.ts";

type CryptoBot = Awaited<ReturnType<typeof startCryptoBot>>;

async function balanceOf({ call }: CryptoBot, asset = "USDT"): Promise<string> {
  const { result } = await call<{ currency_code: string; available: string }[]>("getBalance");
  return result.find(({ currency_code }) => currency_code === asset)?.available ?? "";
}

const payout = { user_id: 5001, asset: "USDT", amount: "10.5", spend_id: "refund:1" };

test("a transfer completes at once and comes off the balance", async () => {
  const bot = await startCryptoBot();
  expect(await bot.call("transfer", { ...payout, comment: "sorry" })).toMatchObject({
    ok: true,
    result: { ...payout, status: "completed", comment: "sorry" },
  });
  expect(await balanceOf(bot)).toBe("989.5");
});

test("one spend_id moves money once, however often and in whatever words it is sent", async () => {
  const whole = fc.integer({ min: 1, max: 100 });
  const orders = fc.array(fc.record({ id: fc.constantFrom("a", "b", "c"), whole }), {
    maxLength: 10,
  });
  const repeats = fc.constantFrom("refuse", "return");
  await fc.assert(
    fc.asyncProperty(orders, repeats, async (sent, spendIdRepeat) => {
      const bot = await startCryptoBot({ spendIdRepeat });
      const first = new Map<string, number>();
      for (const { id, whole: amount } of sent) {
        const order = { ...payout, spend_id: id, amount: String(amount) };
        const answer = await bot.call("transfer", order);
        const before = first.get(id);
        if (before === undefined) first.set(id, amount);
        expect(answer.ok).toBe(before === undefined || spendIdRepeat === "return");
        const answered = (answer.result as { amount?: string } | undefined)?.amount;
        expect(answered).toBe(answer.ok ? String(before ?? amount) : undefined);
      }
      const spent = [...first.values()].reduce((sum, amount) => sum + amount, 0);
      expect(await balanceOf(bot)).toBe(String(1_000 - spent));
      const { result } = await bot.call<{ items: unknown[] }>("getTransfers");
      expect(result.items).toHaveLength(first.size);
      await bot.close();
    }),
    { numRuns: 20 },
  );
});

test.each([
  ["AMOUNT_TOO_SMALL", { amount: "0.99" }],
  ["AMOUNT_TOO_BIG", { amount: "25000.01" }],
  ["NOT_ENOUGH_COINS", { amount: "1000.000001" }],
  ["ASSET_INVALID", { asset: "RUB" }],
  ["USER_ID_INVALID", { user_id: 0 }],
  ["SPEND_ID_INVALID", { spend_id: "s".repeat(65) }],
  ["AMOUNT_INVALID", { amount: "many" }],
])("a transfer that breaks a rule moves nothing: %s", async (name, wrong) => {
  const bot = await startCryptoBot();
  const refused = await bot.call("transfer", { ...payout, ...wrong });
  expect(refused).toEqual({ ok: false, error: { code: 400, name } });
  expect(await balanceOf(bot)).toBe("1000");
});

test("transfers can be off, as they are for a new app", async () => {
  const { call } = await startCryptoBot({ transfersEnabled: false });
  expect(await call("transfer", payout)).toMatchObject({
    error: { code: 403, name: "METHOD_DISABLED" },
  });
});

test("a transfer whose answer was lost is found by its spend_id", async () => {
  const { call, fault } = await startCryptoBot();
  await fault({ kind: "timeout-after-success", method: "transfer", times: 1, hold_ms: 5 });
  await expect(call("transfer", payout)).rejects.toThrow("fetch failed");
  await call("transfer", { ...payout, spend_id: "refund:2" });
  expect(await call("getTransfers", { spend_id: "refund:1" })).toMatchObject({
    result: { items: [{ spend_id: "refund:1", status: "completed" }] },
  });
});

test("what is paid, less the fee, is the app's", async () => {
  const bot = await startCryptoBot({ openingBalance: "0", feePercent: 3 });
  const { invoice_id } = await bot.invoice({ amount: "10" });
  await bot.pay(invoice_id);
  expect(await balanceOf(bot)).toBe("9.7");
});

test("the renamed coin goes by the code that was set", async () => {
  const { call } = await startCryptoBot({ coinOfTon: "GRAM" });
  const { result } = await call<{ code: string; is_blockchain: boolean }[]>("getCurrencies");
  expect(result.filter(({ code }) => ["TON", "GRAM"].includes(code))).toMatchObject([
    { code: "GRAM", is_blockchain: true },
  ]);
});

test("every asset has a rate in every other money", async () => {
  const { call } = await startCryptoBot();
  const currencies = await call<{ code: string; is_fiat: boolean }[]>("getCurrencies");
  const assets = currencies.result.filter(({ is_fiat }) => !is_fiat);
  const { result } = await call<{ rate: string; is_valid: boolean }[]>("getExchangeRates");
  expect(result).toHaveLength(assets.length * (currencies.result.length - 1));
  const isKnown = ({ rate, is_valid }: (typeof result)[number]) =>
    is_valid && (parseAmount(rate) ?? 0n) > 0n;
  expect(result.filter((rate) => !isKnown(rate))).toEqual([]);
});

test("a third party's client finds its way about", async () => {
  // The client knows https alone. What it would send over TLS it sends in the clear here.
  vi.spyOn(secure, "request").mockImplementation(plainRequest);
  onTestFinished(() => void vi.restoreAllMocks());
  const { url, pay } = await startCryptoBot();
  const client = new Client(token, `${url}/api`);
  expect(await client.getMe()).toMatchObject({ id: 12_345, bot: "CryptoBot" });
  const made = await client.createInvoice({
    currencyType: Client.CurrencyType.Fiat,
    fiat: "RUB",
    amount: 299,
    acceptedAssets: ["TON", "USDT"],
    payload: { payment: 42 },
    expiresIn: 600,
  });
  expect(made).toMatchObject({ status: "active", currency: "RUB", amount: "299" });
  expect(made.botPayUrl).toMatch(`${url}/pay/IV`);
  await pay(made.id, { asset: "USDT" });
  expect(await client.getInvoices({ ids: [made.id] })).toMatchObject([
    {
      status: "paid",
      paidAsset: "USDT",
      payload: { payment: 42 },
      acceptedAssets: ["TON", "USDT"],
    },
  ]);
  const sent = { userId: 5001, asset: "USDT" as const, amount: 2, spendId: "s1" };
  expect(await client.transfer(sent)).toMatchObject({ ...sent, amount: "2", status: "completed" });
  expect(await client.getTransfers({ spendId: "s1" })).toHaveLength(1);
  expect(Number(await client.getBalanceAvailable("USDT"))).toBeGreaterThan(990);
  expect(await client.getExchangeRate("TON", "USD")).toBe("2");
  expect(await client.getCurrency("USDT")).toMatchObject({ decimals: 6, type: "stablecoin" });
  const other = await client.createInvoice({ asset: "TON", amount: "1" });
  expect(await client.deleteInvoice(other.id)).toBe(true);
  await expect(client.deleteInvoice(other.id)).rejects.toThrow("INVOICE_NOT_FOUND");
});
