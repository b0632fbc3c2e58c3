import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decimalOf, money } from "../../../domain/money.ts";
import { instant } from "../../../domain/time.ts";
import {
  cryptoBotCode,
  cryptoBotCurrencies,
  cryptoBotReport,
  isFiat,
} from "../../../gateways/payments/cryptobot/protocol.ts";

const at = instant("2026-11-20T12:00:00.000Z");
const currency = fc.constantFrom(...cryptoBotCurrencies);
const coin = fc.constantFrom("TON", "GRAM");
const minor = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

test("every payment in every currency is counted to its last unit", () => {
  fc.assert(
    fc.property(currency, coin, minor, (paidIn, called, units) => {
      const paid = money(units, paidIn);
      const code = cryptoBotCode(paidIn, called);
      const what = isFiat(paidIn)
        ? { fiat: code, paid_asset: "BTC", paid_amount: "1" }
        : { asset: code };
      const invoice = { invoice_id: 7, status: "paid", amount: decimalOf(paid), ...what };
      expect(cryptoBotReport(invoice, called, at)).toEqual({
        kind: "paid",
        reference: "7",
        paid,
        at,
      });
    }),
  );
});

test("a fee is reported where it is in the paid currency, rounded to whole units of it", () => {
  const usdt = { invoice_id: 7, status: "paid", asset: "USDT", amount: "10" };
  const feeOf = (fee_asset: string, fee_amount: string) => {
    const report = cryptoBotReport({ ...usdt, fee_asset, fee_amount }, "TON", at);
    return report?.kind === "paid" ? report.fee : report;
  };
  expect(feeOf("USDT", "0.3")).toEqual(money(300_000, "USDT"));
  expect(feeOf("TON", "0.3")).toBeUndefined();
  expect(feeOf("USDT", "0.00000003")).toEqual(money(0, "USDT"));
  expect(feeOf("USDT", "0.10499951")).toEqual(money(105_000, "USDT"));
  expect(feeOf("USDT", "0.1049994999")).toEqual(money(104_999, "USDT"));
  expect(feeOf("USDT", "much")).toBeUndefined();
});

test("only a paid invoice is reported", () => {
  const invoice = { invoice_id: 7, asset: "USDT", amount: "10" };
  for (const status of ["active", "expired", "other"]) {
    expect(cryptoBotReport({ ...invoice, status }, "TON", at)).toBeUndefined();
  }
});

test.each([
  { asset: "BTC", amount: "1" },
  { asset: "GRAM", amount: "1" },
  { fiat: "GBP", amount: "1" },
  { amount: "1" },
  { asset: "USDT", amount: "1e3" },
  { asset: "USDT", amount: "-1" },
  { asset: "USDT", amount: "99999999999999999" },
])("what cannot be counted is never counted as something else: %j", (what) => {
  expect(cryptoBotReport({ invoice_id: 7, status: "paid", ...what }, "TON", at)).toMatchObject({
    kind: "progress",
  });
});
