import { Address, Cell } from "@ton/core";
import { ok, readJson, type Reply, type Request } from "../kit/http.ts";
import { hashOf } from "./bodies.ts";
import type { PageFault } from "./faults.ts";
import { runGetMethod } from "./get-methods.ts";
import { Refusal } from "./list-query.ts";
import { listTransactions, listTransfers, listWallets } from "./lists.ts";
import type { State } from "./state.ts";
import { getMethodSchema, sendMessageSchema } from "./v3-bodies.ts";

const rawZero = Buffer.alloc(32).toString("base64");

/** toncenter's v3: `/api/v3/<method>` [TON:v3.yaml, TI]. */
export class V3Routes {
  readonly #state: State;
  readonly #defaultLimit: number;
  readonly #lastPages = new Map<string, object>();

  constructor(state: State, defaultLimit: number) {
    this.#state = state;
    this.#defaultLimit = defaultLimit;
  }

  /** @throws Refusal. */
  async serve(method: string, request: Request): Promise<Reply> {
    const fault = this.#state.faults.forPage(method);
    switch (`${request.method} ${method}`) {
      case "GET transactions":
      case "GET jetton/transfers":
      case "GET jetton/wallets":
        return ok(this.#list(method, request.query, fault));
      case "GET masterchainInfo":
        return ok(this.#masterchainInfo(fault));
      case "GET addressInformation":
        return ok(await this.#readAddressInformation(request.query));
      case "POST runGetMethod":
        return ok(await this.#runGetMethod(request));
      case "POST message":
        return ok(await this.#sendMessage(request));
      default:
        throw new Refusal(404, `Cannot ${request.method} /api/v3/${method}`);
    }
  }

  #list(method: string, query: URLSearchParams, fault: PageFault | undefined): object {
    const last = this.#lastPages.get(method);
    if (fault?.page === "repeat" && last !== undefined) return last;
    const lists = {
      transactions: listTransactions,
      "jetton/transfers": listTransfers,
      "jetton/wallets": listWallets,
    };
    const list = lists[method as keyof typeof lists];
    const page = list({ state: this.#state, query, fault, defaultLimit: this.#defaultLimit });
    this.#lastPages.set(method, page);
    return page;
  }

  #masterchainInfo(fault: PageFault | undefined): object {
    const { tip, blocks } = this.#state;
    const last = fault?.page === "lag" ? tip - fault.blocks : tip;
    return { last: this.#block(last), first: this.#block(blocks.first) };
  }

  /** The fields that readers of the chain need; the sandbox has no real blocks. */
  #block(seqno: number): object {
    const id = { workchain: -1, shard: "8000000000000000", seqno };
    return {
      ...id,
      root_hash: rawZero,
      file_hash: rawZero,
      gen_utime: String(Math.floor(this.#state.blocks.madeMs(seqno) / 1000)),
      masterchain_block_ref: id,
      prev_blocks: [{ ...id, seqno: seqno - 1 }],
    };
  }

  async #readAddressInformation(query: URLSearchParams): Promise<object> {
    const address = addressIn(query.get("address") ?? "");
    const contract = await this.#state.read(({ blockchain }) => blockchain.getContract(address));
    const { accountState } = contract;
    const active = accountState?.type === "active" ? accountState.state : undefined;
    return {
      balance: contract.balance.toString(),
      code: active?.code?.toBoc().toString("base64") ?? null,
      data: active?.data?.toBoc().toString("base64") ?? null,
      last_transaction_lt: contract.lastTransactionLt.toString(),
      last_transaction_hash: Buffer.from(
        contract.lastTransactionHash.toString(16).padStart(64, "0"),
        "hex",
      ).toString("base64"),
      frozen_hash: null,
      status: accountState?.type ?? "uninit",
    };
  }

  async #runGetMethod(request: Request): Promise<object> {
    const body = getMethodSchema.safeParse(await readJson(request.raw));
    if (!body.success) throw new Refusal(422, "address, method and stack are needed");
    const { address, method, stack } = body.data;
    return runGetMethod(this.#state, { address: addressIn(address), method, stack });
  }

  async #sendMessage(request: Request): Promise<object> {
    const body = sendMessageSchema.safeParse(await readJson(request.raw));
    if (!body.success) throw new Refusal(422, "boc is needed: a bag of cells in base64");
    const { boc } = body.data;
    await this.#state.execute({ kind: "send", boc }).catch((error: unknown) => {
      throw new Refusal(500, `cannot apply external message: ${reasonOf(error)}`);
    });
    const hash = hashOf(Cell.fromBase64(boc));
    return { message_hash: hash, message_hash_norm: hash };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : "refused");

function addressIn(text: string): Address {
  try {
    return Address.parse(text);
  } catch {
    throw new Refusal(422, "failed to decode: address");
  }
}
