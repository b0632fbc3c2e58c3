import { JettonMinter } from "@ton-community/assets-sdk/dist/jetton/JettonMinter.js";
import { JettonWallet } from "@ton-community/assets-sdk/dist/jetton/JettonWallet.js";
import { jettonContentToInternal } from "@ton-community/assets-sdk/dist/jetton/content.js";
import { internalOnchainContentToCell } from "@ton-community/assets-sdk/dist/utils.js";
import { type Address, type Cell, toNano } from "@ton/core";
import {
  type Blockchain,
  type BlockchainTransaction,
  createShardAccount,
  type SandboxContract,
  type TreasuryContract,
} from "@ton/sandbox";

/** A jetton's own metadata; it proves nothing about the issuer. */
export interface Jetton {
  readonly master: Address;
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
}

/** A jetton wallet; `balance` is in the jetton's base units, the hashes are base64. */
export interface JettonWalletState {
  readonly owner: Address;
  readonly master: Address;
  readonly balance: bigint;
  readonly codeHash: string;
  readonly dataHash: string;
  readonly lastLt: bigint;
}

type Issuer = SandboxContract<TreasuryContract>;

/** The jettons of the chain. Look-alikes share name and symbol, not the address. */
export class Jettons {
  readonly #blockchain: Blockchain;
  readonly #known = new Map<string, { readonly jetton: Jetton; readonly issuer: Issuer }>();
  /** Wallets that their masters have confirmed; that never changes. */
  readonly #proven = new Set<string>();

  constructor(blockchain: Blockchain) {
    this.#blockchain = blockchain;
  }

  list(): Jetton[] {
    return [...this.#known.values()].map(({ jetton }) => jetton);
  }

  find(master: Address): Jetton | undefined {
    return this.#known.get(master.toRawString())?.jetton;
  }

  /** Deploys a jetton, at its own address or at a given one. */
  async create(content: Omit<Jetton, "master">, at?: Address): Promise<Jetton> {
    const issuer = await this.#blockchain.treasury(`issuer ${this.#known.size}`);
    const config = {
      admin: issuer.address,
      content: internalOnchainContentToCell(jettonContentToInternal(content)),
    };
    const minter = JettonMinter.createFromConfig(config);
    const master = at ?? minter.address;
    if (at === undefined)
      await this.#blockchain.openContract(minter).sendDeploy(issuer.getSender());
    else await this.#place(at, minter);
    const jetton = { ...content, master };
    this.#known.set(master.toRawString(), { jetton, issuer });
    return jetton;
  }

  /** New units for an owner. @throws Error when the master is not on this chain. */
  async mint(master: Address, owner: Address, amount: bigint): Promise<BlockchainTransaction[]> {
    const known = this.#known.get(master.toRawString());
    if (known === undefined) throw new Error("nobody can mint a jetton of another chain");
    const minter = this.#blockchain.openContract(JettonMinter.createFromAddress(master));
    const options = { value: toNano("0.2"), queryId: 0n };
    const sent = await minter.sendMint(known.issuer.getSender(), owner, amount, options);
    return sent.transactions;
  }

  /**
   * Where the master says an owner's units lie. @throws Error when the address is not a jetton
   * master.
   */
  async findWallet(master: Address, owner: Address): Promise<Address> {
    return this.#blockchain
      .openContract(JettonMinter.createFromAddress(master))
      .getWalletAddress(owner);
  }

  /**
   * A jetton wallet that its own master confirms;
   * undefined for any other account, whatever it claims.
   */
  async read(address: Address): Promise<JettonWalletState | undefined> {
    const contract = await this.#blockchain.getContract(address);
    const state = contract.accountState;
    if (state?.type !== "active" || !state.state.code?.equals(JettonWallet.code)) return undefined;
    const { stackReader } = await contract.get("get_wallet_data");
    const balance = stackReader.readBigNumber();
    const owner = stackReader.readAddress();
    const master = stackReader.readAddress();
    if (!(await this.#isProven(address, master, owner))) return undefined;
    return {
      owner,
      master,
      balance,
      codeHash: hashOf(state.state.code),
      dataHash: hashOf(state.state.data),
      lastLt: contract.lastTransactionLt,
    };
  }

  async #isProven(wallet: Address, master: Address, owner: Address): Promise<boolean> {
    if (this.#proven.has(wallet.toRawString())) return true;
    if (this.find(master) === undefined) return false;
    const isOwn = (await this.findWallet(master, owner)).equals(wallet);
    if (isOwn) this.#proven.add(wallet.toRawString());
    return isOwn;
  }

  async #place(at: Address, { init }: JettonMinter): Promise<void> {
    if (init?.code == null || init.data == null) throw new Error("a jetton's master has code");
    const account = createShardAccount({
      address: at,
      code: init.code,
      data: init.data,
      balance: toNano("1"),
    });
    await this.#blockchain.setShardAccount(at, account);
  }
}

const hashOf = (cell: Cell | null | undefined): string => cell?.hash().toString("base64") ?? "";
