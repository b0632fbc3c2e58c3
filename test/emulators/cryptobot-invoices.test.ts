import * as fc from "fast-check";
import { expect, test } from "vitest";
import { divideUp, parseAmount, writeAmount } from "../../emulators/cryptobot/amounts.ts";
import { type Invoice, startCryptoBot, token } from "./cryptobot-client.ts";

test("without the right token nothing is disclosed", async () => {
  const { url } = await startCryptoBot();
  for (const headers of [{}, { "Crypto-Pay-API-Token": `${token}x` }]) {
    const answer = await fetch(`${url}/api/getMe`, { headers: { ...headers } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ ok: false, error: { code: 401, name: "UNAUTHORIZED" } });
  }
  const right = await fetch(`${url}/api/getMe`, { headers: { "Crypto-Pay-API-Token": token } });
  expect(await right.json()).toMatchObject({ ok: true, result: { app_id: 12_345 } });
});

test("an unknown method is a 405", async () => {
  const { call } = await startCryptoBot();
  expect(await call("createinvoice")).toMatchObject({
    error: { code: 405, name: "METHOD_NOT_FOUND" },
  });
});

test("a crypto invoice comes back as it was asked for, with its links", async () => {
  const { invoice, url } = await startCryptoBot();
  const draft = { description: "30 days", payload: "payment:42", expires_in: 60 };
  const made = await invoice({ ...draft, amount: "125.50", allow_comments: false });
  expect(made).toMatchObject({
    currency_type: "crypto",
    asset: "USDT",
    amount: "125.50",
    status: "active",
    description: "30 days",
    payload: "payment:42",
    allow_comments: false,
    allow_anonymous: true,
  });
  expect(made.bot_invoice_url).toBe(`${url}/pay/${String(made["hash"])}`);
  expect(made["mini_app_invoice_url"]).toBe(made.bot_invoice_url);
  expect(made).not.toHaveProperty("paid_at");
  const times = [made["created_at"], made["expiration_date"]] as [string, string];
  expect(Date.parse(times[1]) - Date.parse(times[0])).toBe(60_000);
});

test("parameters come in a query, in JSON, urlencoded and multipart alike", async () => {
  const { url } = await startCryptoBot();
  const params = { asset: "TON", amount: "1.5", payload: "a b", expires_in: "30" };
  const form = new FormData();
  for (const [name, value] of Object.entries(params)) form.set(name, value);
  const bodies = [
    new Blob([JSON.stringify({ ...params, amount: 1.5 })], { type: "application/json" }),
    new URLSearchParams(params),
    form,
  ];
  const api = `${url}/api/createInvoice`;
  const headers = { "Crypto-Pay-API-Token": token };
  const ways = [
    ...bodies.map((body) => fetch(api, { method: "POST", body, headers })),
    fetch(`${api}?${String(new URLSearchParams(params))}`, { headers }),
  ];
  for (const way of ways) {
    const answer = (await (await way).json()) as { result: Invoice };
    expect(answer.result).toMatchObject({ asset: "TON", amount: "1.5", payload: "a b" });
  }
});

test.each([
  ["asset", { asset: undefined }],
  ["asset", { asset: "DOGE" }],
  ["asset", { asset: "RUB" }],
  ["fiat", { currency_type: "fiat", fiat: "USDT" }],
  ["accepted_assets", { currency_type: "fiat", fiat: "RUB", accepted_assets: "USDT,XYZ" }],
  ["currency_type", { currency_type: "gold" }],
  ["amount", { amount: "0" }],
  ["amount", { amount: "-1" }],
  ["amount", { amount: "1,5" }],
  ["amount", { amount: "1e3" }],
  ["description", { description: "d".repeat(1_025) }],
  ["hidden_message", { hidden_message: "h".repeat(2_049) }],
  ["payload", { payload: "я".repeat(2_049) }],
  ["paid_btn_name", { paid_btn_name: "buy", paid_btn_url: "https://t.me/x" }],
  ["paid_btn_url", { paid_btn_name: "openBot" }],
  ["paid_btn_url", { paid_btn_name: "openBot", paid_btn_url: "javascript:alert(1)" }],
  ["expires_in", { expires_in: 0 }],
  ["expires_in", { expires_in: 2_678_401 }],
  ["swap_to", { swap_to: "RUB" }],
])("an invoice with a wrong %s is refused: %j", async (parameter, params) => {
  const { call, listed } = await startCryptoBot();
  const wrong = { asset: "USDT", amount: "10", ...params };
  expect(await call("createInvoice", wrong)).toEqual({
    ok: false,
    error: { code: 400, name: `${parameter.toUpperCase()}_INVALID` },
  });
  expect(await listed()).toEqual([]);
});

test("what is just allowed is taken", async () => {
  const { invoice } = await startCryptoBot();
  const long = { description: "d".repeat(1_024), hidden_message: "h".repeat(2_048) };
  const made = await invoice({ ...long, payload: "я".repeat(2_048), expires_in: 2_678_400 });
  expect(made).toMatchObject(long);
});

test("there is no idempotency: one call twice is two invoices", async () => {
  const { invoice, listed } = await startCryptoBot();
  const first = await invoice({ payload: "p" });
  const second = await invoice({ payload: "p" });
  expect(second.invoice_id).toBeGreaterThan(first.invoice_id);
  expect(await listed()).toMatchObject([{ payload: "p" }, { payload: "p" }]);
});

test("invoices are found by asset, fiat, status and id, in pages", async () => {
  const { invoice, listed, call, pay } = await startCryptoBot();
  const usdt = await invoice();
  const ton = await invoice({ asset: "TON" });
  const fiat = { currency_type: "fiat", fiat: "RUB", asset: undefined };
  const rub = await invoice(fiat);
  await pay(ton.invoice_id);
  const ids = async (params: object) => (await listed(params)).map((found) => found.invoice_id);
  expect(await ids({})).toEqual([rub.invoice_id, ton.invoice_id, usdt.invoice_id]);
  expect(await ids({ asset: "TON,USDT" })).toEqual([ton.invoice_id, usdt.invoice_id]);
  expect(await ids({ fiat: "RUB" })).toEqual([rub.invoice_id]);
  expect(await ids({ status: "paid" })).toEqual([ton.invoice_id]);
  expect(await ids({ status: "active" })).toEqual([rub.invoice_id, usdt.invoice_id]);
  expect(await ids({ invoice_ids: `${usdt.invoice_id},1,${rub.invoice_id}` })).toEqual([
    rub.invoice_id,
    usdt.invoice_id,
  ]);
  expect(await ids({ offset: 1, count: 1 })).toEqual([ton.invoice_id]);
  for (const [name, value] of [
    ["count", 0],
    ["count", 1_001],
    ["offset", -1],
    ["status", "lost"],
  ] as const) {
    const refused = await call("getInvoices", { [name]: value });
    expect(refused.error).toEqual({ code: 400, name: `${name.toUpperCase()}_INVALID` });
  }
});

test("an invoice expires by itself and can be paid no more", async () => {
  let nowMs = Date.parse("2026-11-20T12:00:00.000Z");
  const { invoice, listed, pay } = await startCryptoBot({ now: () => nowMs });
  const { invoice_id } = await invoice({ expires_in: 60 });
  nowMs += 59_999;
  expect(await listed()).toMatchObject([{ status: "active" }]);
  nowMs += 1;
  expect(await listed({ status: "active" })).toEqual([]);
  expect(await pay(invoice_id)).toEqual({ error: "INVOICE_EXPIRED" });
  expect(await listed()).toMatchObject([{ invoice_id, status: "expired" }]);
});

test("a deleted invoice is gone; one that is paid stays", async () => {
  const { invoice, listed, pay, call } = await startCryptoBot();
  const gone = await invoice();
  const paid = await invoice();
  await pay(paid.invoice_id);
  expect(await call("deleteInvoice", { invoice_id: gone.invoice_id })).toEqual({
    ok: true,
    result: true,
  });
  expect(await call("deleteInvoice", { invoice_id: gone.invoice_id })).toMatchObject({
    error: { code: 400 },
  });
  expect(await call("deleteInvoice", { invoice_id: paid.invoice_id })).toMatchObject({
    error: { code: 400 },
  });
  expect(await listed()).toMatchObject([{ invoice_id: paid.invoice_id }]);
  expect((await fetch(gone.bot_invoice_url)).status).toBe(404);
});

test("a paid crypto invoice names its payment in decimal strings", async () => {
  const { invoice, listed, pay } = await startCryptoBot({ feePercent: 1.5 });
  const { invoice_id } = await invoice({ asset: "TON", amount: "2.5" });
  await pay(invoice_id, { comment: "thanks", anonymously: true });
  const [paid] = await listed({ invoice_ids: invoice_id });
  expect(paid).toMatchObject({
    status: "paid",
    paid_asset: "TON",
    paid_amount: "2.5",
    paid_usd_rate: "2",
    fee_asset: "TON",
    fee_amount: "0.0375",
    fee_in_usd: "0.075",
    paid_anonymously: true,
    comment: "thanks",
  });
  expect(paid).not.toHaveProperty("paid_fiat_rate");
  expect(await pay(invoice_id)).toEqual({ error: "INVOICE_ALREADY_PAID" });
});

test("a fiat invoice is paid with an asset it accepts, at the rate that is set", async () => {
  const { invoice, listed, pay, call } = await startCryptoBot();
  const fiat = { currency_type: "fiat", fiat: "RUB", asset: undefined, amount: "299" };
  const { invoice_id } = await invoice({ ...fiat, accepted_assets: "TON,BTC" });
  expect(await pay(invoice_id, { asset: "USDT" })).toEqual({ error: "ASSET_INVALID" });
  await pay(invoice_id, { asset: "TON" });
  const [paid] = await listed();
  const { result } =
    await call<{ source: string; target: string; rate: string }[]>("getExchangeRates");
  const found = result.find(({ source, target }) => source === "TON" && target === "RUB");
  expect(found?.rate).toBe("160");
  expect(paid).toMatchObject({
    fiat: "RUB",
    amount: "299",
    accepted_assets: ["TON", "BTC"],
    paid_asset: "TON",
    paid_amount: "1.86875",
    paid_fiat_rate: "160",
  });
});

test("a swapped invoice says what became of the coins", async () => {
  const { invoice, pay } = await startCryptoBot({ feePercent: 0 });
  const { invoice_id } = await invoice({ asset: "TON", amount: "5", swap_to: "USDT" });
  expect(await pay(invoice_id)).toMatchObject({
    is_swapped: true,
    swapped_to: "USDT",
    swapped_rate: "2",
    swapped_output: "10",
  });
});

const amounts = fc.bigInt({ min: 1n, max: 10n ** 30n });

test("an amount survives being written and read", () => {
  fc.assert(fc.property(amounts, (amount) => parseAmount(writeAmount(amount)) === amount));
});

test("whoever pays in coins pays the fiat price, and less than one unit more", () => {
  const decimals = fc.integer({ min: 2, max: 8 });
  const rates = fc.bigInt({ min: 10n ** 10n, max: 10n ** 24n });
  fc.assert(
    fc.property(amounts, rates, decimals, (price, rate, places) => {
      const due = divideUp(price, rate, places);
      const unit = 10n ** BigInt(18 - places);
      const one = 10n ** 18n;
      return due % unit === 0n && due * rate >= price * one && (due - unit) * rate < price * one;
    }),
  );
});
