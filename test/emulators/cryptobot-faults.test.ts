import { expect, test } from "vitest";
import { startCryptoBot, token } from "./cryptobot-client.ts";

test("a 429 says when to come back, for the named method and as often as told", async () => {
  const { fault, call, url } = await startCryptoBot();
  await fault({ kind: "429", method: "getMe", times: 2, retry_after: 3 });
  expect(await call("getBalance")).toMatchObject({ ok: true });
  const headers = { "Crypto-Pay-API-Token": token };
  const answer = await fetch(`${url}/api/getMe`, { headers });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "3"]);
  expect(await call("getMe")).toMatchObject({ ok: false, error: { code: 429 } });
  expect(await call("getMe")).toMatchObject({ ok: true });
});

test("a call that is refused by a fault changes nothing", async () => {
  const { fault, call, listed, url } = await startCryptoBot();
  const create = () => call("createInvoice", { asset: "USDT", amount: "1" });
  await fault({ kind: "500", times: 1 });
  await fault({ kind: "refuse", code: 403, name: "METHOD_DISABLED", times: 1 });
  expect(await create()).toMatchObject({ error: { code: 500 } });
  expect(await create()).toMatchObject({ error: { code: 403, name: "METHOD_DISABLED" } });
  await fault({ kind: "502", times: 1 });
  const headers = { "Crypto-Pay-API-Token": token };
  const broken = await fetch(`${url}/api/createInvoice?asset=USDT&amount=1`, { headers });
  expect([broken.status, await broken.text()]).toEqual([502, expect.stringContaining("<html>")]);
  expect(broken.headers.get("content-type")).toMatch(/^text\/html/u);
  await fault({ kind: "drop-connection", times: 1 });
  await expect(create()).rejects.toThrow("fetch failed");
  expect(await listed()).toEqual([]);
});

test("after timeout-after-success the invoice stands, though the shop got no answer", async () => {
  const { fault, call, listed, calls } = await startCryptoBot();
  await fault({ kind: "timeout-after-success", times: 1, hold_ms: 10 });
  const lost = call("createInvoice", { asset: "USDT", amount: "1", payload: "p1" });
  await expect(lost).rejects.toThrow("fetch failed");
  const [made] = await listed();
  expect(made).toMatchObject({ payload: "p1", status: "active" });
  expect(await calls("createInvoice")).toMatchObject([{ ok: true, invoice_id: made?.invoice_id }]);
});

test("every call is recorded with its outcome and without the token", async () => {
  const { call, calls, control, url } = await startCryptoBot();
  await call("createInvoice", { asset: "X", amount: "1" });
  await call("getMe");
  expect(await calls("createInvoice")).toMatchObject([{ ok: false, error: "ASSET_INVALID" }]);
  expect(await (await fetch(`${url}/control/calls`)).text()).not.toContain(token);
  await control("reset", {});
  expect(await calls("getMe")).toEqual([]);
});

test("an invalid rule is refused; rules can be listed and deleted", async () => {
  const { fault, control, call } = await startCryptoBot();
  for (const wrong of [{ kind: "sulk" }, { webhook: "sing" }, { kind: "500", webhook: "drop" }]) {
    expect(await fault(wrong)).toHaveProperty("error");
  }
  await fault({ kind: "500", times: 3 });
  expect(await control("faults", undefined, "GET")).toMatchObject([{ kind: "500", times: 3 }]);
  await control("faults", undefined, "DELETE");
  expect(await control("faults", undefined, "GET")).toEqual([]);
  expect(await call("getMe")).toMatchObject({ ok: true });
});

test("what nobody serves is a 404, and a broken request does not end the server", async () => {
  const { url, control, pay } = await startCryptoBot();
  for (const path of ["", "nowhere", "control/nothing", "pay/IVnone", "//"]) {
    expect((await fetch(`${url}/${path}`)).status).toBe(404);
  }
  expect(await pay(1)).toEqual({ error: "there is no invoice 1" });
  expect(await control("pay", {})).toHaveProperty("error");
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
});
