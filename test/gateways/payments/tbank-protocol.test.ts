import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { instant } from "../../../domain/time.ts";
import { returnedOf, signedText, tbankReports } from "../../../gateways/payments/tbank/protocol.ts";
import { parseLiterally } from "../../../gateways/payments/wire-values.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const rub = (minor: number) => money(minor, "RUB");

test("the bank's examples of a token are reproduced", () => {
  const init = {
    TerminalKey: "MerchantTerminalKey",
    Amount: 19_200,
    OrderId: "21090",
    Description: "Подарочная карта на 1000 рублей",
    DATA: { Phone: "+71234567890" },
    Receipt: { Items: [] },
    Token: "whatever",
  };
  expect(sha256(signedText(init, "usaf8fw8fsw21g"))).toBe(
    "0024a00af7c350a3a67ca168ce06502aa72772456662e38696d48b56ee9c97d9",
  );
  const body =
    '{"TerminalKey":"1321054611234DEMO","OrderId":"201709","Success":true,"Status":"AUTHORIZED",' +
    '"PaymentId":8742591,"ErrorCode":"0","Amount":9855,"RebillId":101709,"CardId":322264,' +
    '"Pan":"430000******0777","ExpDate":"1122","Data":{"a":"b"},"Shops":[1],"Nothing":null}';
  const fields = parseLiterally(body) as Record<string, unknown>;
  expect(sha256(signedText(fields, "Dfsfh56dgKl"))).toBe(
    "b906d28e76c6428e37b25fcf86c0adc52c63d503013fdd632e300593d165766b",
  );
});

test("a number is read as it was written, however many digits it has", () => {
  const numbers = fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?$/u);
  fc.assert(
    fc.property(numbers, (written) => {
      const read = parseLiterally(`{"a":${written},"b":[${written}],"c":"${written}"}`);
      expect(read).toEqual({ a: written, b: [written], c: written });
    }),
  );
});

test("a token depends on each field's value, and not on their order", () => {
  const name = fc.stringMatching(/^[A-Z][a-z]{1,8}$/u).filter((one) => one !== "Password");
  const fields = fc.dictionary(name, fc.oneof(fc.string(), fc.boolean(), fc.integer()), {
    minKeys: 1,
  });
  fc.assert(
    fc.property(fields, fc.string(), (given, password) => {
      const text = signedText(given, password);
      const turned = Object.fromEntries(Object.entries(given).toReversed());
      expect(signedText({ ...turned, Token: "x" }, password)).toBe(text);
      const [[first, value] = ["", ""]] = Object.entries(given);
      expect(signedText({ ...given, [first]: `${String(value)}!` }, password)).not.toBe(text);
    }),
  );
});

const at = instant("2026-11-20T12:00:00.000Z");
const seen = (status: string, minor: number) => ({
  paymentId: "7",
  status,
  amount: rub(minor),
  at,
});

test("where the price is known, a refund is reported as a total, after the payment", () => {
  const paid = { kind: "paid", reference: "7", paid: rub(300), at };
  const back = (minor: number) => ({ kind: "refunded", reference: "7", returned: rub(minor) });
  expect(tbankReports(seen("REFUNDED", 0), rub(300))).toEqual([paid, back(300)]);
  expect(tbankReports(seen("PARTIAL_REFUNDED", 100), rub(300))).toEqual([paid, back(200)]);
});

test("an amount that cannot be a rest proves nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(2_000), (price, left) => {
      const back = returnedOf("PARTIAL_REFUNDED", rub(left), rub(price));
      expect(back).toEqual(left > 0 && left < price ? rub(price - left) : undefined);
      const kinds = tbankReports(seen("PARTIAL_REFUNDED", left), rub(price)).map(
        ({ kind }) => kind,
      );
      expect(kinds).toEqual(["paid", back === undefined ? "progress" : "refunded"]);
    }),
  );
});
