import * as fc from "fast-check";
import { expect, test } from "vitest";
import { signatureOf } from "../../emulators/cryptobot/signature.ts";
import { eventually, startReceiver } from "./servers.ts";
import { Client, type Received, startCryptoBot, startShop, token } from "./cryptobot-client.ts";

const compact =
  '{"update_id":1,"update_type":"invoice_paid","request_date":"2026-11-20T12:00:00.000Z",' +
  '"payload":{"invoice_id":528890,"status":"paid","amount":"125.50","asset":"USDT",' +
  '"payload":"payment:42"}}';

test.each([
  [compact, "d4e2a5b529a72e735b06f48d12651cddd2909fffb46389de72aea3253976811d"],
  [
    compact.replaceAll('":', '": '),
    "68c84af08d4c944edcdd0f6af0ad3a2b7b4561bd24537acebd36168b6aa0efc9",
  ],
])("a signature is over the raw bytes: %s", (body, signature) => {
  expect(signatureOf(body, "12345:test-token")).toBe(signature);
});

const isSigned = ({ raw, headers }: Received): boolean =>
  headers["crypto-pay-api-signature"] === signatureOf(raw, token);

test("a paid invoice is announced, signed, as it stands", async () => {
  const { received, url } = await startShop();
  const { invoice, pay, listed } = await startCryptoBot({ webhookUrl: url });
  const { invoice_id } = await invoice({ payload: "payment:42" });
  await pay(invoice_id);
  await eventually(() => expect(received).toHaveLength(1));
  const [first] = received;
  expect(first && isSigned(first)).toBe(true);
  expect(first?.update).toMatchObject({ update_type: "invoice_paid", payload: { invoice_id } });
  expect(Date.parse(first?.update.request_date ?? "")).toBeGreaterThan(0);
  expect([first?.update.payload]).toEqual(await listed());
});

test("a third party's webhook middleware believes it", async () => {
  const client = new Client(token);
  const paid: unknown[] = [];
  client.on("paid", (invoice) => paid.push(invoice));
  const middleware = client.middleware();
  const webhookUrl = await startReceiver((request, response) => middleware(request, response));
  const { invoice, pay, control } = await startCryptoBot({ webhookUrl });
  const { invoice_id } = await invoice({ payload: '{"payment":42}' });
  await pay(invoice_id);
  await eventually(() =>
    expect(paid).toMatchObject([{ id: invoice_id, status: "paid", payload: { payment: 42 } }]),
  );
  await eventually(async () => expect(await control("webhooks", undefined, "GET")).toEqual([]));
});

test("a webhook is repeated until the shop says 2xx, whatever it said before", async () => {
  const refusals = fc.array(fc.constantFrom(302, 400, 401, 404, 429, 500, 503), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(refusals, async (statuses) => {
      const { received, url } = await startShop(statuses);
      const bot = await startCryptoBot({ webhookUrl: url, webhookRetryMs: 1 });
      await bot.pay((await bot.invoice()).invoice_id);
      await eventually(() => expect(received).toHaveLength(statuses.length + 1));
      await eventually(async () =>
        expect(await bot.control("webhooks", undefined, "GET")).toEqual([]),
      );
      expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
      expect(received.every(isSigned)).toBe(true);
      await bot.close();
    }),
    { numRuns: 10 },
  );
});

test("a webhook is given up after the configured number of tries", async () => {
  const { received, url } = await startShop([500, 500, 500, 500]);
  const options = { webhookUrl: url, webhookRetryMs: 1, webhookTries: 3 };
  const { invoice, pay, control } = await startCryptoBot(options);
  await pay((await invoice()).invoice_id);
  await eventually(() => expect(received).toHaveLength(3));
  await eventually(async () => expect(await control("webhooks", undefined, "GET")).toEqual([]));
});

test("a webhook can be set and removed, and never leaves this machine", async () => {
  const { received, url } = await startShop();
  const { invoice, pay, control } = await startCryptoBot();
  await pay((await invoice()).invoice_id);
  await control("webhook", { url }, "PUT");
  const second = await invoice();
  await pay(second.invoice_id);
  await eventually(() => expect(received).toHaveLength(1));
  expect(received[0]?.update.payload.invoice_id).toBe(second.invoice_id);
  for (const wrong of ["http://example.org/hook", "ftp://127.0.0.1/", "127.0.0.1"]) {
    expect(await control("webhook", { url: wrong }, "PUT")).toHaveProperty("error");
  }
  await control("webhook", { url: null }, "PUT");
  await pay((await invoice()).invoice_id);
  expect(await control("webhooks", undefined, "GET")).toEqual([]);
  await expect(startCryptoBot({ webhookUrl: "http://example.org/" })).rejects.toThrow("127.0.0.1");
});

async function withShop() {
  const { received, url } = await startShop();
  const bot = await startCryptoBot({ webhookUrl: url, webhookRetryMs: 1 });
  const paid = async () => {
    const { invoice_id } = await bot.invoice();
    await bot.pay(invoice_id);
    return invoice_id;
  };
  const ids = () => received.map(({ update }) => update.payload.invoice_id);
  return { ...bot, received, paid, ids };
}

test("a duplicated webhook comes twice, byte for byte", async () => {
  const { fault, paid, received } = await withShop();
  await fault({ webhook: "duplicate", times: 1 });
  await paid();
  await eventually(() => expect(received).toHaveLength(2));
  expect(received[0]?.raw).toBe(received[1]?.raw);
});

test("a reordered webhook follows the one after it", async () => {
  const { fault, paid, ids } = await withShop();
  await fault({ webhook: "reorder", times: 1, delay_ms: 3_600_000 });
  const first = await paid();
  const second = await paid();
  await eventually(() => expect(ids()).toEqual([second, first]));
});

test("a delayed webhook waits, over a day if it must, and goes out when it is flushed", async () => {
  const { fault, paid, ids, control } = await withShop();
  await fault({ webhook: "delay", times: 1, delay_ms: 30 * 86_400_000 });
  const first = await paid();
  const second = await paid();
  await eventually(() => expect(ids()).toEqual([second]));
  await control("deliver", {});
  await eventually(() => expect(ids()).toEqual([second, first]));
});

test("a dropped webhook never comes, though the invoice is paid", async () => {
  const { fault, paid, ids, listed, control } = await withShop();
  await fault({ webhook: "drop", times: 1 });
  const first = await paid();
  const second = await paid();
  await eventually(() => expect(ids()).toEqual([second]));
  expect(await control("webhooks", undefined, "GET")).toEqual([]);
  expect(await listed({ invoice_ids: first })).toMatchObject([{ status: "paid" }]);
});

test("a wrong signature is wrong for each try that the fault applies to", async () => {
  const { received, url } = await startShop([401]);
  const { fault, invoice, pay } = await startCryptoBot({ webhookUrl: url, webhookRetryMs: 1 });
  await fault({ webhook: "wrong-signature", times: 1 });
  await pay((await invoice()).invoice_id);
  await eventually(() => expect(received.map(isSigned)).toEqual([false, true]));
});

test("a changed amount is rightly signed and untrue", async () => {
  const { fault, invoice, pay, listed, received } = await withShop();
  const first = await invoice();
  const second = await invoice();
  await fault({ webhook: "changed-amount", invoice_id: second.invoice_id, amount: "0.01" });
  await fault({ webhook: "changed-amount", invoice_id: first.invoice_id });
  for (const { invoice_id } of [first, second]) await pay(invoice_id);
  await eventually(() => expect(received).toHaveLength(2));
  const said = received.map(({ update }) => [update.payload.invoice_id, update.payload["amount"]]);
  expect(Object.fromEntries(said)).toEqual({
    [first.invoice_id]: "20",
    [second.invoice_id]: "0.01",
  });
  expect(received.every(isSigned)).toBe(true);
  expect(await listed()).toMatchObject([{ amount: "10" }, { amount: "10" }]);
});
