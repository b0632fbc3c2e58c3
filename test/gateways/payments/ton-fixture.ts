import * as z from "zod";
import { money } from "../../../domain/money.ts";
import type { StatementLine } from "../../../gateways/payments/port.ts";
import { type ReadOptions, TonGateway } from "../../../gateways/payments/ton/adapter.ts";
import { tonProvider } from "../../../gateways/payments/ton/index.ts";
import { type TonSettings, tonSettings } from "../../../gateways/payments/ton/settings.ts";
import { walletOf } from "../../../emulators/toncenter/wallets.ts";
import { startToncenter, type TransactionRow } from "../../emulators/toncenter-client.ts";
import type { GatewayFixture, Trouble } from "./fixture.ts";
import { type Passing, startWall } from "./wall.ts";

export type Toncenter = Awaited<ReturnType<typeof startToncenter>>;
type Variables = Readonly<Record<string, string>>;
type Options = Parameters<typeof startToncenter>[0];

/** An emulated chain, and its merchant's gateway. */
export async function startTon(options: Options = {}, variables: Variables = {}) {
  const toncenter = await startToncenter(options);
  return { ...toncenter, gateway: await gatewayAt(toncenter, variables) };
}

/** A gateway that does not wait between two calls. */
export async function gatewayAt(
  toncenter: Toncenter,
  variables: Variables = {},
  polling: ReadOptions = {},
): Promise<TonGateway> {
  return new TonGateway(await settingsAt(toncenter, variables), { gapMs: 0, ...polling });
}

/** The merchant's settings, where the least deposit is one unit. */
export async function settingsAt(toncenter: Toncenter, variables: Variables): Promise<TonSettings> {
  const { merchant, usdt } = await toncenter.info();
  const given = {
    TON_WALLET: merchant.non_bounceable,
    TON_USDT_MASTER: usdt.master.raw,
    TONCENTER_URL: toncenter.url,
    TON_PAY_URL: `${toncenter.url}/pay`,
    TON_MIN_DEPOSIT_GRAM: "0.000000001",
    TON_MIN_DEPOSIT_USDT: "0.000001",
    ...variables,
  };
  const settings = tonSettings(z.object(tonProvider.environment).parse(given));
  if (settings === undefined) throw new Error("there is no wallet");
  return settings;
}

/** A wallet of the emulated chain, as its owner sees it. */
export const senderOf = (name: string): string =>
  walletOf(name).address.toString({ bounceable: false });

/** Lines in short: memo and amount. */
export const summarize = (lines: readonly StatementLine[]): string[] =>
  lines.map(({ about, report }) => {
    if (report.kind !== "paid") return report.kind;
    const whose = about.kind === "memo" ? about.memo : about.kind;
    return `${whose}: ${report.paid.minor} ${report.paid.currency}`;
  });

export const referenceOf = ({ report }: StatementLine): string =>
  "reference" in report ? report.reference : "";

/** Changes the rows of each list of transactions. */
export const changeRows =
  (change: (rows: readonly TransactionRow[], path: string) => readonly object[]) =>
  (passing: Passing, path: string): Passing => {
    const { transactions: rows, ...rest } = passing.body as { transactions?: TransactionRow[] };
    if (rows === undefined) return passing;
    return { ...passing, body: { ...rest, transactions: change(rows, path) } };
  };

/** Pays like a person who opens the link in the emulated wallet and presses its button. */
export async function follow(link: string): Promise<void> {
  const shown = await fetch(link);
  const { origin, pathname, searchParams } = new URL(link);
  const form = new URLSearchParams(searchParams);
  form.set("to", pathname.split("/").at(-1) ?? "");
  form.set("from", "customer");
  const paid = await fetch(`${origin}/pay`, { method: "POST", body: form });
  if (!shown.ok || !paid.ok) throw new Error(`not paid: ${await paid.text()}`);
}

const errorBody = (error: string) => ({ error });

const faults: Readonly<Record<Trouble, Passing | undefined>> = {
  lost: undefined,
  dropped: undefined,
  "429": {
    status: 429,
    headers: { "retry-after": "7" },
    body: { ok: false, result: "Ratelimit exceed", code: 429 },
  },
  "500": { status: 500, body: errorBody("internal server error: timeout") },
  "502": { status: 502, body: "<html><h1>502</h1></html>" },
  refused: { status: 422, body: errorBody("failed to decode: account") },
};

export interface TonFixture extends GatewayFixture {
  readonly gateway: TonGateway;
  readonly toncenter: Toncenter;
}

/** toncenter's emulator and its customers, for one test. */
export async function openTon(
  price = money(1_500_000_000, "GRAM"),
  variables: Variables = {},
): Promise<TonFixture> {
  const apiKey = "secret-key-of-ours";
  const toncenter = await startToncenter({ apiKeys: [apiKey] });
  let trouble: Trouble | undefined;
  const wall = await startWall(toncenter.url, (passing) => {
    const given = trouble === undefined ? passing : faults[trouble];
    trouble = undefined;
    return given;
  });
  const given = { TONCENTER_API_KEY: apiKey, TONCENTER_URL: wall, ...variables };
  const settings = await settingsAt(toncenter, given);
  // So few rows that every pass has several pages.
  const another = () => new TonGateway(settings, { gapMs: 0, pageRows: 2 });
  return {
    gateway: another(),
    another,
    toncenter,
    price,
    pay: async (_order, invoice) => {
      if (invoice.kind !== "transfer") throw new Error("there is no link");
      await follow(invoice.url);
    },
    origin: ({ memo: comment }) => ({ sender: senderOf("customer"), comment }),
    returned: async () => 0,
    inject: async (_step, next) => {
      trouble = next;
    },
    secrets: [apiKey],
  };
}
