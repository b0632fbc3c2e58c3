import { startToncenterEmulator } from "../../emulators/toncenter/emulator.ts";
import type { ToncenterEmulatorOptions } from "../../emulators/toncenter/options.ts";
import type { RecordedCall } from "../../emulators/toncenter/state.ts";
import { closeAfterTest } from "./servers.ts";

export interface Spellings {
  readonly raw: string;
  readonly bounceable: string;
  readonly non_bounceable: string;
}

export interface Info {
  readonly merchant: Spellings;
  readonly usdt: { readonly master: Spellings };
  readonly mc_block_seqno: number;
}

export interface Made {
  readonly transactions: readonly {
    readonly account: string;
    readonly lt: string;
    readonly hash: string;
  }[];
  readonly jetton?: { readonly master: string };
  readonly error?: string;
}

export interface MessageRow {
  readonly hash: string;
  readonly source: string | null;
  readonly destination: string;
  readonly value: string | null;
  readonly opcode: string | null;
  readonly bounced: boolean | null;
  readonly message_content: {
    readonly body: string;
    readonly decoded: { readonly comment: string } | null;
  };
}

export interface TransactionRow {
  readonly account: string;
  readonly hash: string;
  readonly lt: string;
  readonly now: number;
  readonly mc_block_seqno: number | null;
  readonly emulated: boolean;
  readonly finality: string;
  readonly prev_trans_lt: string;
  readonly description: { readonly aborted: boolean };
  readonly in_msg: MessageRow;
  readonly out_msgs: readonly MessageRow[];
}

export interface TransferRow {
  readonly source: string;
  readonly destination: string;
  readonly source_wallet: string;
  readonly jetton_master: string;
  readonly amount: string;
  readonly forward_ton_amount: string;
  readonly forward_payload: string | null;
  readonly decoded_forward_payload: { readonly comment: string } | null;
  readonly transaction_hash: string;
  readonly transaction_lt: string;
  readonly transaction_aborted: boolean;
}

export async function ask<Result>(url: string, body?: unknown, method = "POST"): Promise<Result> {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { method, headers, body: JSON.stringify(body) };
  return (await (await fetch(url, sent)).json()) as Result;
}

type Params = Readonly<Record<string, string | number>>;

/** The product's side, the payers' and the control of a running emulator. */
export function clientOf(url: string) {
  const get = <Result>(path: string, params: Params = {}): Promise<Result> => {
    const query = new URLSearchParams(
      Object.entries(params).map(([name, value]) => [name, String(value)]),
    );
    return ask<Result>(`${url}/api/v3/${path}?${query}`);
  };
  const transactions = async (params: Params = {}) =>
    (await get<{ transactions: TransactionRow[] }>("transactions", params)).transactions;
  const info = () => ask<Info>(`${url}/control/info`);
  return {
    url,
    get,
    info,
    transactions,
    /** What came to the merchant, oldest first. */
    received: async (params: Params = {}) => {
      const account = (await info()).merchant.non_bounceable;
      return transactions({ account, sort: "asc", ...params });
    },
    transfers: async (params: Params = {}) =>
      (await get<{ jetton_transfers: TransferRow[] }>("jetton/transfers", params)).jetton_transfers,
    wallets: async (params: Params = {}) =>
      (
        await get<{ jetton_wallets: { address: string; balance: string; jetton: string }[] }>(
          "jetton/wallets",
          params,
        )
      ).jetton_wallets,
    pay: (body: object) => ask<Made>(`${url}/control/pay`, body),
    forge: (body: object) => ask<Made>(`${url}/control/forge`, body),
    createJetton: (body: object) => ask<Made>(`${url}/control/jettons`, body),
    fault: (body: object) => ask<object>(`${url}/control/faults`, body),
    calls: () => ask<RecordedCall[]>(`${url}/control/calls`),
    reset: () => ask<object>(`${url}/control/reset`, {}),
  };
}

/** An emulator on a free port that ends with the test. */
export async function startToncenter(options: Partial<ToncenterEmulatorOptions> = {}) {
  const emulator = await startToncenterEmulator({ port: 0, ...options });
  return { ...clientOf(emulator.url), close: closeAfterTest(emulator) };
}
