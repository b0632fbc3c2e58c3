import {
  type Address,
  type Cell,
  external,
  internal,
  type MessageRelaxed,
  SendMode,
  type StateInit,
} from "@ton/core";
import type { KeyPair } from "@ton/crypto";
import type { Blockchain } from "@ton/sandbox";
import { WalletContractV4 } from "@ton/ton";
import { playKeys } from "./keys.ts";

/** A wallet this emulator holds the key of. */
export interface Wallet {
  readonly address: Address;
  readonly keys: KeyPair;
  /** The contract's own code and data; they deploy it only at the address they were made for. */
  readonly init: StateInit & { readonly code: Cell; readonly data: Cell };
  readonly contract: WalletContractV4;
}

/** The wallet of a name, at its own address or, for the merchant, at one that was given. */
export function walletOf(name: string, at?: Address): Wallet {
  const keys = playKeys(name);
  const contract = WalletContractV4.create({ workchain: 0, publicKey: keys.publicKey });
  return { address: at ?? contract.address, keys, init: contract.init, contract };
}

/** A message that a wallet sends. */
export interface Order {
  readonly to: Address;
  /** Nanotons. */
  readonly value: bigint;
  readonly bounce: boolean;
  readonly body?: Cell | undefined;
}

/** The signed external message that makes a wallet send; it deploys the wallet when it must. */
export async function signTransfer(
  blockchain: Blockchain,
  wallet: Wallet,
  order: Order,
): Promise<ReturnType<typeof external>> {
  const isActive = await isDeployed(blockchain, wallet.address);
  const body = wallet.contract.createTransfer({
    seqno: isActive ? await readSeqno(blockchain, wallet.address) : 0,
    secretKey: wallet.keys.secretKey,
    sendMode: SendMode.PAY_GAS_SEPARATELY,
    messages: [messageOf(order)],
    // The chain's own clock: a replay has to sign the same bytes.
    timeout: (blockchain.now ?? 0) + 600,
  });
  return external({ to: wallet.address, body, ...(isActive ? {} : { init: wallet.init }) });
}

const messageOf = ({ to, value, bounce, body }: Order): MessageRelaxed =>
  internal({ to, value, bounce, ...(body === undefined ? {} : { body }) });

/** Whether an account has a contract. */
export async function isDeployed(blockchain: Blockchain, address: Address): Promise<boolean> {
  const { accountState } = await blockchain.getContract(address);
  return accountState?.type === "active";
}

async function readSeqno(blockchain: Blockchain, address: Address): Promise<number> {
  const { stackReader } = await blockchain.runGetMethod(address, "seqno");
  return stackReader.readNumber();
}
