import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readWritten } from "../../emulators/tbank/literals.ts";
import { tokenOf } from "../../emulators/tbank/token.ts";
import { clientOf, password, rewritten, sign, startTBank, terminalKey } from "./tbank-client.ts";

const tokenOver = (text: string, secret = password) => tokenOf(readWritten(text).scalars, secret);

test("the bank's own example of a request has the bank's token", () => {
  const request = `{"TerminalKey":"MerchantTerminalKey","Amount":19200,"OrderId":"21090",
    "Description":"Подарочная карта на 1000 рублей",
    "DATA":{"Phone":"+71234567890","Email":"a@test.com"},
    "Receipt":{"Taxation":"osn","Items":[{"Name":"Наименование товара 1","Amount":10000}]}}`;
  expect(tokenOver(request, "usaf8fw8fsw21g")).toBe(
    "0024a00af7c350a3a67ca168ce06502aa72772456662e38696d48b56ee9c97d9",
  );
});

test("the bank's own example of a notification has the bank's token", () => {
  const notification = `{"TerminalKey":"1321054611234DEMO","OrderId":"201709","Success":true,
    "Status":"AUTHORIZED","PaymentId":8742591,"ErrorCode":"0","Amount":9855,"CardId":322264,
    "Pan":"430000******0777","ExpDate":"1122","RebillId":101709,"Token":"whatever it was"}`;
  expect(tokenOver(notification, "Dfsfh56dgKl")).toBe(
    "b906d28e76c6428e37b25fcf86c0adc52c63d503013fdd632e300593d165766b",
  );
});

test.each([
  ["1e2", "1e2"],
  ["100.0", "100.0"],
  ["13660000000000000001", "13660000000000000001"],
  ["true", "true"],
  ['"\\u0422-\\"B\\""', 'Т-"B"'],
  ["null", undefined],
  ['{"a":5}', undefined],
  ["[5]", undefined],
])("a root scalar counts as it is written: %s", (json, written) => {
  const { scalars } = readWritten(`{"a":{"a":7},"x":${json},"b":[{"x":9}]}`);
  expect([...scalars]).toEqual(written === undefined ? [] : [["x", written]]);
});

test("no digit of 20 is lost, and parsing them to a double breaks the token", () => {
  const ids = fc.bigInt({ min: 10n ** 19n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(ids, fc.string(), (id, OrderId) => {
      const text = `{"PaymentId":${id},"OrderId":${JSON.stringify(OrderId)},"Success":true}`;
      const values = { PaymentId: String(id), OrderId, Success: "true" };
      const naive = sign(rewritten(JSON.parse(text) as object));
      const survives = String(Number(id)) === String(id);
      return tokenOver(text) === sign(values) && (naive === sign(values)) === survives;
    }),
  );
});

const codeOf = async (url: string, body: string): Promise<unknown> => {
  const answer = await fetch(`${url}/v2/GetState`, { method: "POST", body });
  return ((await answer.json()) as Record<string, unknown>)["ErrorCode"];
};

test("without the terminal's token nothing is disclosed, and another terminal is unknown", async () => {
  const { url, init } = await startTBank();
  const { PaymentId } = await init();
  const fields = { TerminalKey: terminalKey, PaymentId };
  const body = (Token?: string, more: object = {}) => JSON.stringify({ ...fields, ...more, Token });
  expect(await codeOf(url, body())).toBe("204");
  expect(await codeOf(url, body(sign(fields, "another")))).toBe("204");
  expect(await codeOf(url, body(sign(fields), { IP: "10.0.0.1" }))).toBe("204");
  const stranger = { ...fields, TerminalKey: "another" };
  expect(await codeOf(url, JSON.stringify({ ...stranger, Token: sign(stranger) }))).toBe("205");
  expect(await codeOf(url, body(sign(fields)))).toBe("0");
  const recorded = await clientOf(url).calls("GetState");
  expect(recorded.map(({ error }) => error)).toEqual(["204", "204", "204", "205", undefined]);
});

test("a PaymentId that is written as a number is read to its last digit", async () => {
  const { url, init } = await startTBank();
  await init();
  const { PaymentId } = await init();
  const Token = sign({ TerminalKey: terminalKey, PaymentId });
  const body = `{"TerminalKey":"${terminalKey}","PaymentId":${PaymentId},"Token":"${Token}"}`;
  expect(await codeOf(url, body)).toBe("0");
});

test("a request that is not a call is refused before anything else", async () => {
  const { url } = await startTBank();
  const send = async (method: string, path: string, body?: string) =>
    (await fetch(`${url}/v2/${path}`, { method, ...(body === undefined ? {} : { body }) })).status;
  expect(await send("GET", "GetState")).toBe(405);
  expect(await send("POST", "getState", "{}")).toBe(404);
  expect(await send("POST", "GetState", "[]")).toBe(400);
  expect(await send("POST", "GetState", "PaymentId=1")).toBe(400);
  expect(await send("POST", "GetState", "")).toBe(400);
});
