import { Address, type Message } from "@ton/core";
import * as z from "zod";
import { ok, readJson, type Reply, type Request } from "../kit/http.ts";
import { friendlyOf } from "./addresses.ts";
import { bocOf, commentOf, hashOf } from "./bodies.ts";
import { runGetMethod } from "./get-methods.ts";
import type { Indexed } from "./indexer.ts";
import { Refusal } from "./list-query.ts";
import type { State } from "./state.ts";
import type { StackEntry } from "./v3-bodies.ts";

const callSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
});

const address = z.string().transform((text, context) => {
  try {
    return Address.parse(text);
  } catch {
    context.addIssue("Incorrect address");
    return z.NEVER;
  }
});

const paramsOf = {
  getAddressInformation: z.object({ address }),
  getTransactions: z.object({
    address,
    limit: z.coerce.number().int().min(1).max(1_000).default(10),
    lt: z.coerce.string().regex(/^\d+$/u).optional(),
    hash: z.string().optional(),
    to_lt: z.coerce.string().regex(/^\d+$/u).default("0"),
  }),
  runGetMethod: z.object({
    address,
    method: z.union([z.string(), z.int()]),
    stack: z.array(z.tuple([z.string(), z.string()])).default([]),
  }),
  sendBoc: z.object({ boc: z.base64() }),
};

const rawZero = Buffer.alloc(32).toString("base64");

/**
 * As much of toncenter's v2 as its official client needs to read a wallet and to send from one:
 * `POST /api/v2/jsonRPC` [TON:v2.json, TONJS].
 */
export class V2Routes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** The name a call goes by in the list of calls and in faults. */
  static nameOf(body: unknown): string {
    const read = callSchema.safeParse(body);
    return `jsonRPC/${read.success ? read.data.method : "?"}`;
  }

  static readBody(request: Request): Promise<unknown> {
    return readJson(request.raw);
  }

  /** @throws Refusal. */
  async serve(body: unknown): Promise<Reply> {
    const { id, method, params } = parseParams(callSchema, body);
    const result = await this.#result(method, params);
    return ok({ ok: true, result, jsonrpc: "2.0", ...(id === undefined ? {} : { id }) });
  }

  #result(method: string, params: unknown): object | Promise<object> {
    switch (method) {
      case "getMasterchainInfo":
        return this.#masterchainInfo();
      case "getAddressInformation":
        return this.#readAddressInformation(
          parseParams(paramsOf.getAddressInformation, params).address,
        );
      case "getTransactions":
        return this.#transactions(parseParams(paramsOf.getTransactions, params));
      case "runGetMethod":
        return this.#runGetMethod(parseParams(paramsOf.runGetMethod, params));
      case "sendBoc":
        return this.#sendBoc(parseParams(paramsOf.sendBoc, params).boc);
      default:
        throw new Refusal(404, "Method not found");
    }
  }

  #block(seqno: number): object {
    const shard = "-9223372036854775808";
    const hashes = { root_hash: rawZero, file_hash: rawZero };
    return { "@type": "ton.blockIdExt", workchain: -1, shard, seqno, ...hashes };
  }

  #masterchainInfo(): object {
    const { tip, blocks } = this.#state;
    const last = this.#block(tip);
    const init = this.#block(blocks.first);
    return { "@type": "blocks.masterchainInfo", state_root_hash: rawZero, last, init };
  }

  async #readAddressInformation(at: Address): Promise<object> {
    const contract = await this.#state.read(({ blockchain }) => blockchain.getContract(at));
    const { accountState } = contract;
    const active = accountState?.type === "active" ? accountState.state : undefined;
    const hash = contract.lastTransactionHash.toString(16).padStart(64, "0");
    return {
      "@type": "raw.fullAccountState",
      balance: contract.balance.toString(),
      code: active?.code?.toBoc().toString("base64") ?? "",
      data: active?.data?.toBoc().toString("base64") ?? "",
      last_transaction_id: {
        "@type": "internal.transactionId",
        lt: contract.lastTransactionLt.toString(),
        hash: Buffer.from(hash, "hex").toString("base64"),
      },
      block_id: this.#block(this.#state.tip),
      sync_utime: Math.floor(this.#state.blocks.madeMs(this.#state.tip) / 1000),
      state: active === undefined ? "uninitialized" : "active",
    };
  }

  /** Newest first; the cursor's own transaction is included, and clients skip it. */
  #transactions(asked: z.output<typeof paramsOf.getTransactions>): object[] {
    if ((asked.lt === undefined) !== (asked.hash === undefined)) {
      throw new Refusal(422, "lt and hash must be set together");
    }
    const from = asked.lt === undefined ? undefined : BigInt(asked.lt);
    return this.#state.indexer
      .transactions()
      .filter(
        ({ account, lt }) =>
          account.equals(asked.address) &&
          (from === undefined || lt <= from) &&
          lt > BigInt(asked.to_lt),
      )
      .toSorted((one, other) => (one.lt < other.lt ? 1 : -1))
      .slice(0, asked.limit)
      .map(rowOf);
  }

  async #runGetMethod(asked: z.output<typeof paramsOf.runGetMethod>): Promise<object> {
    const stack = asked.stack.map(([type, value]): StackEntry => {
      const name = type.replace("tvm.", "").toLowerCase();
      if (name !== "num" && name !== "cell" && name !== "slice") {
        throw new Refusal(422, `the stack cannot hold a ${type}`);
      }
      return { type: name, value };
    });
    const answer = await runGetMethod(this.#state, { ...asked, stack });
    return { "@type": "smc.runResult", ...answer, stack: answer.stack.map(stackItem) };
  }

  async #sendBoc(boc: string): Promise<object> {
    await this.#state.execute({ kind: "send", boc }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : "refused";
      throw new Refusal(500, `LITE_SERVER_UNKNOWN: cannot apply external message: ${reason}`);
    });
    return { "@type": "ok" };
  }
}

function parseParams<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Refusal(422, z.prettifyError(read.error));
}

function stackItem(entry: object): unknown {
  const { type, value } = entry as { type: string; value: unknown };
  if (type === "num") return ["num", value];
  if (type === "tuple" || value === null) return [type, value];
  return [type, { bytes: value }];
}

function rowOf({ transaction, lt, now }: Indexed): object {
  const { inMessage, outMessages, totalFees } = transaction;
  const fee = totalFees.coins.toString();
  return {
    "@type": "raw.transaction",
    utime: now,
    data: transaction.raw.toBoc().toString("base64"),
    transaction_id: {
      "@type": "internal.transactionId",
      lt: lt.toString(),
      hash: transaction.hash().toString("base64"),
    },
    fee,
    storage_fee: "0",
    other_fee: fee,
    ...(inMessage == null ? {} : { in_msg: messageOf(inMessage) }),
    out_msgs: outMessages.values().map(messageOf),
  };
}

function messageOf({ info, body }: Message): object {
  const comment = commentOf(body);
  const isInternal = info.type === "internal";
  const data =
    comment === undefined
      ? { "@type": "msg.dataRaw", body: bocOf(body), init_state: "" }
      : { "@type": "msg.dataText", text: Buffer.from(comment).toString("base64") };
  return {
    "@type": "raw.message",
    source: friendlyOf(info.src),
    destination: friendlyOf(info.dest),
    value: isInternal ? info.value.coins.toString() : "0",
    fwd_fee: isInternal ? info.forwardFee.toString() : "0",
    ihr_fee: isInternal ? info.ihrFee.toString() : "0",
    created_lt: info.type === "external-in" ? "0" : info.createdLt.toString(),
    body_hash: hashOf(body),
    msg_data: data,
    message: comment ?? bocOf(body),
  };
}
