import type { Address } from "@ton/core";
import { accountOf } from "./addresses.ts";
import type { State } from "./state.ts";

/** What a test, a demo or a page has to know of the chain: `GET /control/info`. */
export const describe = (state: State): object => {
  const { chain } = state;
  return {
    merchant: spellings(chain.merchant.address),
    usdt: { ...chain.usdt, master: spellings(chain.usdt.master) },
    jettons: chain.jettons.list().map((one) => ({ ...one, master: spellings(one.master) })),
    faucet: spellings(chain.faucet.address),
    mc_block_seqno: state.tip,
  };
};

const spellings = (address: Address): object => ({
  raw: accountOf(address),
  bounceable: address.toString(),
  non_bounceable: address.toString({ bounceable: false }),
});
