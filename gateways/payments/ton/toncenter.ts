import { setTimeout as delay } from "node:timers/promises";
import type { Address } from "@ton/core";
import * as z from "zod";
import { parseAsEvidence, parseOrUndefined } from "../wire-values.ts";
import "../../../runtime/connecting.ts";
import type { UnreadableRow } from "../port.ts";
import { Refused, SlowDown } from "../../refused.ts";
import { unreadableRow, wire } from "../wire.ts";
import { addressFromCell, argumentOf } from "./cells.ts";

/**
 * A transaction's place in its account's history. Without it nothing can be said about later ones.
 */
const place = z.object({
  account: z.string(),
  lt: wire.digits(),
  prev_trans_lt: wire.digits(),
  now: wire.whole(),
  /** The masterchain block that made it final. */
  mc_block_seqno: wire.maybeWhole(),
  emulated: wire.maybeFlag(),
});

const message = z.object({
  source: wire.maybeText(),
  value: wire.maybeDigits(),
  bounced: wire.maybeFlag(),
  message_content: z
    .object({ body: wire.maybeText() })
    .nullish()
    .transform((content) => ({ body: content?.body ?? "" })),
});

const noMessage = {
  source: undefined,
  value: undefined,
  bounced: undefined,
  message_content: { body: "" },
};

/** What came in. A transaction that the account's own clock triggered has no message. */
const content = z.object({
  hash: z.string().regex(/^[\w+/-]{43}=$|^[0-9a-fA-F]{64}$/u, "is not a hash of 32 bytes"),
  description: z
    .object({ aborted: wire.maybeFlag() })
    .nullish()
    .transform((description) => description ?? { aborted: undefined }),
  in_msg: message.nullish().transform((incoming) => incoming ?? noMessage),
  out_msgs: z
    .array(z.unknown())
    .nullish()
    .transform((outgoing) => outgoing ?? []),
});
const page = z.object({ transactions: z.array(z.unknown()) });
const methodAnswer = z.object({
  exit_code: wire.decimal(),
  stack: z.array(z.object({ value: z.unknown() })),
});
const errorAnswer = z.object({ error: z.string().optional(), result: z.string().optional() });

/** A transaction's place in its account's history. */
export type Place = z.infer<typeof place>;

/** A transaction that was read. */
export interface Transaction extends Place, z.infer<typeof content> {
  /** The whole row, as it was sent. */
  readonly verbatim: unknown;
}

/** A row of an account's history, as far as it can be read. */
export type TransactionRow =
  | { readonly kind: "transaction"; readonly transaction: Transaction }
  /** It has its place, but its content is unknown. */
  | { readonly kind: "unreadable"; readonly place: Place | undefined; readonly row: UnreadableRow };

/** Where toncenter is, and how fast it may be called. */
export interface ToncenterSettings {
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** Milliseconds between two calls: without a key toncenter answers one per second. */
  readonly gapMs: number;
}

/** Which transactions are asked for: from an lt on, or from a moment on (seconds since 1970). */
export type From = { readonly lt: bigint } | { readonly utime: number };

const callTimeoutMs = 10_000;

/**
 * toncenter's index of the chain, v3. A 429 is a `SlowDown`, a question that it does not understand
 * is `Refused`, all else is an outage.
 */
export class Toncenter {
  readonly #settings: ToncenterSettings;
  #freeAtMs = 0;

  constructor(settings: ToncenterSettings) {
    this.#settings = settings;
  }

  /** An account's transactions from `from` on, oldest first, both bounds included. */
  async listTransactions(account: Address, from: From, limit: number): Promise<TransactionRow[]> {
    const start = "lt" in from ? { start_lt: `${from.lt}` } : { start_utime: `${from.utime}` };
    const query = { account: account.toRawString(), ...start, limit: `${limit}`, sort: "asc" };
    const answer = await this.#call(`transactions?${new URLSearchParams(query).toString()}`);
    const { transactions } = this.#read(page, answer.json);
    const verbatim = this.#read(page, parseAsEvidence(answer.text)).transactions;
    return transactions.map((one, at) => rowOf(one, verbatim[at]));
  }

  /**
   * The owner's jetton wallet, by its master; undefined where the contract is not a jetton's
   * master.
   */
  async findJettonWallet(master: Address, owner: Address): Promise<Address | undefined> {
    const stack = [{ type: "slice", value: argumentOf(owner) }];
    const call = { address: master.toRawString(), method: "get_wallet_address", stack };
    const { json } = await this.#call("runGetMethod", call);
    const answer = this.#read(methodAnswer, json);
    const [first] = answer.stack;
    if (answer.exit_code !== "0" || typeof first?.value !== "string") return undefined;
    return addressFromCell(first.value);
  }

  async #call(path: string, body?: object): Promise<Answer> {
    await this.#waitForTurn();
    const { url, apiKey } = this.#settings;
    const headers = {
      ...(apiKey === undefined ? {} : { "x-api-key": apiKey }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const signal = AbortSignal.timeout(callTimeoutMs);
    // A redirect must not carry our key to another server.
    const options = { ...sent, headers, signal, redirect: "error" } as const;
    try {
      const answer = await fetch(new URL(`api/v3/${path}`, url), options);
      return readAnswer(answer, await answer.text());
    } catch (error) {
      throw error instanceof TypeError || error instanceof DOMException ? outage(error) : error;
    }
  }

  /** Waits until the next call is allowed. */
  async #waitForTurn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.#freeAtMs);
    this.#freeAtMs = at + this.#settings.gapMs;
    if (at > now) await delay(at - now);
  }

  #read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
    const read = schema.safeParse(answer);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new Error(
      `toncenter's answer has another form: ${issue?.path.join(".")}: ${issue?.message}`,
    );
  }
}

interface Answer {
  readonly text: string;
  /** With numbers as texts. */
  readonly json: unknown;
}

function rowOf(one: unknown, verbatim: unknown): TransactionRow {
  const where = place.safeParse(one);
  const what = content.safeParse(one);
  if (where.success && what.success) {
    return { kind: "transaction", transaction: { ...where.data, ...what.data, verbatim } };
  }
  const error = where.error ?? what.error ?? "is not understood";
  return { kind: "unreadable", place: where.data, row: unreadableRow(verbatim, error) };
}

function readAnswer(answer: Response, text: string): Answer {
  const { status } = answer;
  const json = parseOrUndefined(text);
  if (answer.ok && json !== undefined) return { text, json };
  const { error, result } = errorAnswer.safeParse(json).data ?? {};
  const problem = `toncenter: ${status} ${(error ?? result ?? answer.statusText).slice(0, 200)}`;
  switch (status) {
    case 429:
      throw new SlowDown(problem, waitMs(answer.headers.get("retry-after")));
    case 401:
    case 403:
      throw new Error(`${problem}: set TONCENTER_API_KEY to a key of this network, or unset it`);
    case 400:
    case 422:
      throw new Refused(problem);
    default:
      throw new Error(answer.ok ? `${problem}: the answer is not JSON` : problem);
  }
}

/** Milliseconds to wait: toncenter's gateway answers in seconds; one second where it does not. */
function waitMs(retryAfter: string | null): number {
  return /^\d{1,5}$/u.test(retryAfter ?? "") ? Number(retryAfter) * 1_000 : 1_000;
}

function outage(error: TypeError | DOMException): Error {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return new Error(`toncenter could not be reached (${code ?? error.name})`);
}
