import { expect, test } from "vitest";
import { password, sign, startTBank, terminalKey } from "./tbank-client.ts";

const post = (url: string, method: string) => {
  const fields = { TerminalKey: terminalKey, OrderId: "o" };
  const body = JSON.stringify({ ...fields, Token: sign(fields) });
  return fetch(`${url}/v2/${method}`, { method: "POST", body });
};

test("a 429 says when to come back, for the named method and as often as told", async () => {
  const { fault, init, url } = await startTBank();
  await fault({ kind: "429", method: "CheckOrder", times: 2, retry_after: 3 });
  expect(await init({ OrderId: "o" })).toMatchObject({ Success: true });
  for (const _ of [1, 2]) {
    const answer = await post(url, "CheckOrder");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "3"]);
  }
  expect((await post(url, "CheckOrder")).status).toBe(200);
});

test("a call that a fault refuses changes nothing", async () => {
  const { fault, init, control, url } = await startTBank();
  await fault({ kind: "refuse", code: "1089", name: "Try later", times: 1 });
  expect(await init()).toMatchObject({
    Success: false,
    ErrorCode: "1089",
    Message: "Try later",
  });
  await fault({ kind: "500", times: 1 });
  const internal = await post(url, "Init");
  expect(internal.status).toBe(500);
  expect(await internal.json()).toMatchObject({ Success: false, ErrorCode: "9999" });
  await fault({ kind: "502", times: 1 });
  const broken = await post(url, "Init");
  expect([broken.status, await broken.text()]).toEqual([502, expect.stringContaining("<html>")]);
  expect(broken.headers.get("content-type")).toMatch(/^text\/html/u);
  await fault({ kind: "drop-connection", times: 1 });
  await expect(init()).rejects.toThrow("fetch failed");
  expect(await control("payments", undefined, "GET")).toEqual([]);
});

test("after timeout-after-success the payment stands, though the shop got no answer", async () => {
  const { fault, init, call, calls } = await startTBank();
  await fault({ kind: "timeout-after-success", times: 1, hold_ms: 10 });
  await expect(init({ OrderId: "lost" })).rejects.toThrow("fetch failed");
  const found = await call("CheckOrder", { OrderId: "lost" });
  const [{ PaymentId }] = found["Payments"] as [{ PaymentId: string }];
  expect(found).toMatchObject({ Payments: [{ Status: "NEW", Amount: 29_900 }] });
  expect(await calls("Init")).toMatchObject([
    { ok: true, payment_id: PaymentId, order_id: "lost" },
  ]);
});

test("a fault may affect one payment alone", async () => {
  const { fault, init, call } = await startTBank();
  const { PaymentId: one } = await init();
  const { PaymentId: other } = await init();
  await fault({ kind: "refuse", method: "GetState", payment_id: one });
  expect(await call("GetState", { PaymentId: one })).toMatchObject({
    ErrorCode: "9999",
    Status: "NEW",
  });
  expect(await call("GetState", { PaymentId: other })).toMatchObject({ Success: true });
});

test.each([
  [{ charge: "reject" }, "REJECTED", "1051"],
  [{ charge: "reject", code: "1089" }, "REJECTED", "1089"],
  [{ charge: "auth-fail" }, "AUTH_FAIL", "101"],
])("the payer's bank can be made to refuse a good card: %j", async (fault, status, errorCode) => {
  const bank = await startTBank();
  const { PaymentId } = await bank.init();
  await bank.fault({ ...fault, times: 1 });
  await bank.pay(PaymentId);
  expect(await bank.payment(PaymentId)).toMatchObject({ status, errorCode });
  await bank.pay(PaymentId);
  expect(await bank.state(PaymentId)).toBe("CONFIRMED");
});

test("every call is recorded with its outcome and without token or password", async () => {
  const { init, calls, control, url } = await startTBank();
  await init({ Amount: 1 });
  const { PaymentId } = await init();
  const recorded = await calls("Init");
  expect(recorded).toMatchObject([
    { ok: false, error: "251" },
    { ok: true, payment_id: PaymentId },
  ]);
  const text = await (await fetch(`${url}/control/calls`)).text();
  for (const secret of [password, "Token"]) expect(text).not.toContain(secret);
  await control("reset", {});
  expect(await calls("Init")).toEqual([]);
  expect((await init()).PaymentId).not.toBe(PaymentId);
});

test("an invalid rule is refused; rules can be listed and deleted", async () => {
  const { fault, control, init } = await startTBank();
  const wrong = [{ kind: "sulk" }, { webhook: "sing" }, { kind: "500", webhook: "drop" }];
  for (const rule of [
    ...wrong,
    { kind: "500", payment_id: 13_660 },
    { charge: "reject", code: "x" },
  ]) {
    expect(await fault(rule)).toHaveProperty("error");
  }
  await fault({ kind: "500", times: 3 });
  expect(await control("faults", undefined, "GET")).toMatchObject([{ kind: "500", times: 3 }]);
  await control("faults", undefined, "DELETE");
  expect(await control("faults", undefined, "GET")).toEqual([]);
  expect(await init()).toMatchObject({ Success: true });
});

test("what nobody serves is a 404, and a broken request does not end the server", async () => {
  const { url, control, pay } = await startTBank();
  for (const path of ["", "nowhere", "control/nothing", "pay/none", "v2/Nothing", "//"]) {
    expect(
      (await fetch(`${url}/${path}`, { method: path.startsWith("v2") ? "POST" : "GET" })).status,
    ).toBe(404);
  }
  expect(await pay("1")).toEqual({ error: "there is no payment 1" });
  expect(await control("pay", {})).toHaveProperty("error");
  expect(await control("pay", { payment_id: 13_660 })).toHaveProperty("error");
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
});
