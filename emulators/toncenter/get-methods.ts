import { type Address, Cell, type TupleItem } from "@ton/core";
import { GetMethodError } from "@ton/sandbox";
import { bocOf } from "./bodies.ts";
import { Refusal } from "./list-query.ts";
import type { State } from "./state.ts";
import type { StackEntry } from "./v3-bodies.ts";

/** A call of a contract's get-method, with its arguments. */
export interface GetMethodCall {
  readonly address: Address;
  readonly method: string | number;
  readonly stack: readonly StackEntry[];
}

/** What a get-method left, in Toncenter's own form. */
export interface GetMethodAnswer {
  readonly gas_used: number;
  readonly exit_code: number;
  readonly stack: object[];
}

/** What a contract's get-method returns. An account without a contract ends with -13, as in v2. */
export function runGetMethod(state: State, call: GetMethodCall): Promise<GetMethodAnswer> {
  const stack = call.stack.map(readItem);
  return state.read(async ({ blockchain }) => {
    const contract = await blockchain.getContract(call.address);
    if (contract.accountState?.type !== "active") return { gas_used: 0, exit_code: -13, stack: [] };
    try {
      const result = await contract.get(call.method, stack);
      return {
        gas_used: Number(result.gasUsed),
        exit_code: result.exitCode,
        stack: result.stack.map(writeItem),
      };
    } catch (error) {
      if (!(error instanceof GetMethodError)) throw error;
      return { gas_used: Number(error.gasUsed), exit_code: error.exitCode, stack: [] };
    }
  });
}

function readItem({ type, value }: StackEntry): TupleItem {
  try {
    if (type === "num") return { type: "int", value: BigInt(value) };
    return { type, cell: Cell.fromBase64(value) };
  } catch {
    throw new Refusal(422, `the stack's ${type} cannot be read`);
  }
}

function writeItem(item: TupleItem): object {
  switch (item.type) {
    case "int":
      return { type: "num", value: hexOf(item.value) };
    case "cell":
    case "slice":
    case "builder":
      return { type: item.type, value: bocOf(item.cell) };
    case "tuple":
      return { type: "tuple", value: item.items.map(writeItem) };
    case "null":
    case "nan":
      return { type: item.type, value: null };
  }
}

const hexOf = (value: bigint): string =>
  value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
