import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type * as z from "zod";
import * as cryptobot from "../../emulators/cryptobot/options.ts";
import { variableOf } from "../../emulators/kit/options.ts";
import * as marzban from "../../emulators/marzban/options.ts";
import * as pasarguard from "../../emulators/pasarguard/options.ts";
import * as remnawave from "../../emulators/remnawave/options.ts";
import * as tbank from "../../emulators/tbank/options.ts";
import * as telegram from "../../emulators/telegram/options.ts";
import * as toncenter from "../../emulators/toncenter/options.ts";
import * as vpnClient from "../../emulators/vpn-client/options.ts";
import * as xui from "../../emulators/x-ui/options.ts";

const guide = readFileSync(new URL("../../docs/emulators.md", import.meta.url), "utf8");
const rows = guide
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));

interface Options {
  readonly prefix: string;
  readonly options: z.ZodObject;
}

const emulators: Readonly<Record<string, Options>> = {
  cryptobot,
  marzban,
  pasarguard,
  remnawave,
  tbank,
  telegram,
  toncenter,
  "vpn-client": vpnClient,
  "x-ui": xui,
};

/** The options that have a variable, with its name and the text of the default. */
function variables({ prefix, options }: Options) {
  const defaults = options.parse({});
  return Object.entries(options.shape).flatMap(([option, schema]) => {
    const variable = variableOf(prefix, option, schema as z.ZodType);
    const value = defaults[option];
    const isPlain = ["string", "number", "boolean"].includes(typeof value);
    return variable === undefined ? [] : [{ variable, option, text: isPlain && String(value) }];
  });
}

describe.each(Object.entries(emulators))("the guide to %s", (_name, emulator) => {
  test.each(variables(emulator))("has $variable with its default", ({ variable, option, text }) => {
    const row = rows.find(([, name, of]) => name === variable && of === option);
    expect(row).toBeDefined();
    expect(row?.[3]).toBe(text === false ? row?.[3] : text);
  });
});

const now = () => 0;

test("an option is the same from code and from the environment's text", () => {
  const code = { webhookTries: 25, sbp: false, cashRegister: true, balance: 0 };
  const text = { webhookTries: "25", sbp: "no", cashRegister: "1", balance: "0" };
  expect(tbank.options.parse({ ...text, now })).toEqual(tbank.options.parse({ ...code, now }));
  const keys = toncenter.options.parse({ apiKeys: "one,two", now });
  expect(keys).toEqual(toncenter.options.parse({ apiKeys: ["one", "two"], now }));
});

test.each([
  [tbank, { webhookTries: "0" }],
  [tbank, { sbp: "perhaps" }],
  [tbank, { balance: "1.5" }],
  [telegram, { token: "no token" }],
  [telegram, { port: "65536" }],
  [toncenter, { botToken: "99:real" }],
  [toncenter, { merchant: "here" }],
  [remnawave, { version: "1" }],
  [remnawave, { webhookSecret: "short" }],
  [xui, { basePath: "no-slash" }],
  [xui, { writeMsPerClient: "-1" }],
])("a wrong value is refused: %#", ({ options }, given) => {
  expect(options.safeParse(given).success).toBe(false);
});
