import { expect, test } from "vitest";
import * as z from "zod";
import { languages } from "../../../domain/people/customer.ts";
import { cryptoBotProvider } from "../../../gateways/payments/cryptobot/index.ts";
import { providers } from "../../../gateways/payments/registry.ts";
import { tBankProvider } from "../../../gateways/payments/tbank/index.ts";
import { textsIn } from "../../../texts/index.ts";
import { startCannedServer } from "./answering.ts";
import { failureOf } from "./fixture.ts";

const deps = { botToken: "123456:ABC", telegramApiRoot: "http://127.0.0.1:9" };
const cryptobot = (env: object) =>
  cryptoBotProvider.connect(z.object(cryptoBotProvider.environment).parse(env), deps);
const tbank = (env: object) =>
  tBankProvider.connect(z.object(tBankProvider.environment).parse(env), deps);

const keys = { TBANK_TERMINAL_KEY: "1366000000001DEMO", TBANK_PASSWORD: "secret" };
const receipts = {
  TBANK_TAXATION: "usn_income",
  TBANK_VAT: "vat22",
  TBANK_RECEIPT_EMAIL: "shop@example.com",
};

test("without keys a gateway is switched off", () => {
  expect(cryptobot({})).toBeUndefined();
  expect(tbank({})).toBeUndefined();
  expect(tbank({ TBANK_URL: "https://bank.example" })).toBeUndefined();
});

test.each(providers)("$name is off as long as its keys are not set", (provider) => {
  const { environment, keys } = provider;
  expect(Object.keys(environment)).toEqual(expect.arrayContaining([...keys]));
  const connected = provider.connect(z.object(environment).parse({}), deps);
  expect(connected?.capabilities.name).toBe(keys.length > 0 ? undefined : provider.name);
});

test("with its keys it has its owner's settings", () => {
  const token = { CRYPTOBOT_TOKEN: "12345:AAbc" };
  expect(cryptobot(token)?.capabilities).toMatchObject({ currencies: ["USDT"], refunds: "none" });
  const chosen = { CRYPTOBOT_CURRENCIES: "RUB, GRAM", CRYPTOBOT_REFUNDS: "true" };
  expect(cryptobot({ ...token, ...chosen })?.capabilities).toMatchObject({
    name: "cryptobot",
    currencies: ["RUB", "GRAM"],
    refunds: "partial",
  });
  const facts = { name: "tbank", currencies: ["RUB"], refunds: "partial", hasStatement: false };
  expect(tbank(keys)?.capabilities).toMatchObject(facts);
  expect(tbank({ ...keys, ...receipts })?.capabilities).toMatchObject(facts);
});

test("incomplete keys are reported by what is missing", () => {
  expect(() => tbank({ TBANK_PASSWORD: "x" })).toThrow(/^TBANK_TERMINAL_KEY: .*TBANK_PASSWORD/u);
  expect(() => tbank({ TBANK_TERMINAL_KEY: "x" })).toThrow(/^TBANK_PASSWORD: /u);
  const { TBANK_VAT: _vat, ...half } = receipts;
  expect(() => tbank({ ...keys, ...half })).toThrow(
    "TBANK_VAT: must be set beside TBANK_TAXATION, TBANK_RECEIPT_EMAIL, or none of them",
  );
});

test.each([
  ["CRYPTOBOT_TOKEN", "77777"],
  ["CRYPTOBOT_TOKEN", "77777:a\nb"],
  ["CRYPTOBOT_URL", "ftp://files.example"],
  ["CRYPTOBOT_CURRENCIES", "USDT,BTC"],
  ["CRYPTOBOT_CURRENCIES", "DOGE"],
  ["CRYPTOBOT_COIN", "NOT"],
  ["CRYPTOBOT_REFUNDS", "perhaps"],
  ["TBANK_TERMINAL_KEY", "x".repeat(21)],
  ["TBANK_NOTIFICATION_URL", "here"],
  ["TBANK_TAXATION", "none"],
  ["TBANK_VAT", "22 %"],
  ["TBANK_RECEIPT_EMAIL", "me"],
])("a wrong %s is reported by its name, and not shown: %j", (name, wrong) => {
  const environment = { ...cryptoBotProvider.environment, ...tBankProvider.environment };
  const read = z.object(environment).safeParse({ [name]: wrong });
  expect(read.error?.issues).toMatchObject([{ path: [name] }]);
  expect(read.error?.issues[0]?.message).not.toContain(wrong);
});

test("every gateway has a name and variables of its own, and none has to be given", () => {
  const names = providers.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const variables = providers.flatMap(({ environment }) => Object.keys(environment));
  expect(new Set(variables).size).toBe(variables.length);
  for (const { environment } of providers) {
    expect(z.object(environment).safeParse({}).success).toBe(true);
  }
});

test.each(languages)("people read a name for every gateway, language %s", (language) => {
  const { name: nameOf } = textsIn(language).payments.gateway;
  const bare = providers.filter(({ name }) => nameOf(name) === name);
  expect(bare.map(({ name }) => name)).toEqual([]);
  expect(nameOf("retired")).toBe("retired");
});

test("a gateway of the registry that fails repeatedly is not called for a while", async () => {
  let asked = 0;
  const url = await startCannedServer(() => {
    asked += 1;
    return { status: 500, body: "" };
  });
  const provider = providers.find(({ name }) => name === "cryptobot");
  const environment = z.object(provider?.environment ?? {});
  const env = environment.parse({ CRYPTOBOT_TOKEN: "12345:AAbc", CRYPTOBOT_URL: url });
  const gateway = provider?.connect(env, deps);
  for (let time = 0; time < 5; time++) await failureOf(gateway!.statement(""));
  const failure = await failureOf(gateway!.statement(""));
  expect(failure.message).toContain("cryptobot failed 5 times in a row and is left alone");
  expect(asked).toBe(5);
});
