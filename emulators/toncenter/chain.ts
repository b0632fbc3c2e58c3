import { Address, Cell, loadMessage, toNano } from "@ton/core";
import {
  Blockchain,
  type BlockchainTransaction,
  createShardAccount,
  type SandboxContract,
  type TreasuryContract,
} from "@ton/sandbox";
import { bodyOf } from "./bodies.ts";
import { notificationBody, transferBody } from "./jetton-messages.ts";
import { type Jetton, Jettons } from "./jettons.ts";
import type { Forge, NewJetton, Operation, Pay } from "./operations.ts";
import { type Order, signTransfer, type Wallet, walletOf } from "./wallets.ts";

/** What a chain begins with. Together with its operations it gives the same transactions again. */
export interface Genesis {
  /** The merchant's wallet, raw; without it, one of this emulator's own. */
  readonly merchant?: string | undefined;
  /** An account that was never deployed takes money too, by transactions that are `aborted`. */
  readonly merchantState: "active" | "uninit";
  /** Where the USDT-like jetton lies, raw; without it, wherever its code and issuer put it. */
  readonly usdtMaster?: string | undefined;
  /** Milliseconds since 1970. */
  readonly bornMs: number;
}

/** The operation is impossible on this chain; the message says what to change. */
export class Impossible extends Error {}

const usdt = { name: "Tether USD", symbol: "USD₮", decimals: 6 };
const merchantName = "merchant";
const gas = toNano("0.2");
const spare = toNano("100");
/** Spare units that a payer gets, so that not every payment starts with a mint. */
const spareUnits = 10n ** 10n;
/** Enough for the merchant's contract to run: the forgery ends as a success. */
const forgeryValue = toNano("0.05");
const faucetBalance = 2_000_000_000n * toNano("1");

/** A blockchain in this process: real contracts, real signatures, genuine transactions. */
export class Chain {
  readonly blockchain: Blockchain;
  readonly jettons: Jettons;
  readonly merchant: Wallet;
  readonly faucet: SandboxContract<TreasuryContract>;
  readonly #executed: BlockchainTransaction[][] = [];

  private constructor(
    blockchain: Blockchain,
    merchant: Wallet,
    faucet: SandboxContract<TreasuryContract>,
  ) {
    this.blockchain = blockchain;
    this.jettons = new Jettons(blockchain);
    this.merchant = merchant;
    this.faucet = faucet;
  }

  static async begin(genesis: Genesis): Promise<Chain> {
    const blockchain = await Blockchain.create();
    blockchain.now = Math.floor(genesis.bornMs / 1000);
    const faucet = await blockchain.treasury("faucet", { balance: faucetBalance });
    const given = genesis.merchant === undefined ? undefined : Address.parse(genesis.merchant);
    const merchant = walletOf(merchantName, given);
    const chain = new Chain(blockchain, merchant, faucet);
    if (genesis.merchantState === "active") await chain.#placeMerchant();
    const master = genesis.usdtMaster === undefined ? undefined : Address.parse(genesis.usdtMaster);
    await chain.jettons.create(usdt, master);
    return chain;
  }

  /** The USDT-like jetton. @throws Error before the chain has begun. */
  get usdt(): Jetton {
    const [first] = this.jettons.list();
    if (first === undefined) throw new Error("the chain has not begun");
    return first;
  }

  /** Does one operation at a time of the chain's clock. @throws Impossible. */
  async perform(operation: Operation, atMs: number): Promise<Jetton | undefined> {
    this.blockchain.now = Math.max(this.blockchain.now ?? 0, Math.floor(atMs / 1000));
    switch (operation.kind) {
      case "pay":
        await this.#pay(operation);
        return undefined;
      case "forge":
        await this.#forge(operation);
        return undefined;
      case "jetton":
        return this.#createJetton(operation);
      case "send":
        await this.#send(operation.boc);
        return undefined;
    }
  }

  /** The transactions since the last call, grouped by the message that began them. */
  takeExecuted(): BlockchainTransaction[][] {
    return this.#executed.splice(0);
  }

  async #pay(pay: Pay): Promise<void> {
    if (pay.jetton !== undefined) return this.#payJetton(pay, pay.jetton);
    const to = pay.to === undefined ? this.merchant.address : Address.parse(pay.to);
    const bounce = pay.bounce ?? (pay.to !== undefined && isBounceable(pay.to));
    await this.#sendFrom(pay.from, { to, value: BigInt(pay.amount), bounce, body: bodyOf(pay) });
  }

  async #payJetton(pay: Pay, jetton: string): Promise<void> {
    const master = jetton === "usdt" ? this.usdt.master : Address.parse(jetton);
    if (this.jettons.find(master) === undefined) {
      throw new Impossible("there is no such jetton here: GET /control/info lists them");
    }
    const wallet = this.#wallet(pay.from);
    const amount = BigInt(pay.amount);
    const source = await this.jettons.findWallet(master, wallet.address);
    const has = (await this.jettons.read(source))?.balance ?? 0n;
    if (has < amount) {
      const units = amount - has + spareUnits;
      this.#collect(await this.jettons.mint(master, wallet.address, units));
    }
    const transfer = {
      queryId: 0n,
      amount,
      destination: pay.to === undefined ? this.merchant.address : Address.parse(pay.to),
      responseDestination: wallet.address,
      customPayload: null,
      forwardTonAmount: BigInt(pay.forward_ton_amount),
      forwardPayload: bodyOf(pay) ?? null,
    };
    const body = transferBody(transfer, pay.comment_in === "ref");
    const value = gas + transfer.forwardTonAmount;
    await this.#sendFrom(pay.from, { to: source, value, bounce: true, body });
  }

  async #forge(forge: Forge): Promise<void> {
    const { from, claimed_sender, amount } = forge;
    const body = notificationBody({
      queryId: 0n,
      amount: BigInt(amount),
      sender:
        claimed_sender === undefined ? this.#wallet(from).address : Address.parse(claimed_sender),
      payload: bodyOf(forge) ?? null,
    });
    const to = forge.to === undefined ? this.merchant.address : Address.parse(forge.to);
    await this.#sendFrom(from, { to, value: forgeryValue, bounce: false, body });
  }

  #createJetton({ name, symbol, decimals }: NewJetton): Promise<Jetton> {
    return this.jettons.create({ name, symbol, decimals });
  }

  async #send(boc: string): Promise<void> {
    const message = loadMessage(Cell.fromBase64(boc).beginParse());
    this.#collect((await this.blockchain.sendMessage(message)).transactions);
  }

  #wallet(name: string): Wallet {
    return name === merchantName ? this.merchant : walletOf(name);
  }

  /** Sends from a wallet that the faucet funds first when necessary. */
  async #sendFrom(from: string, order: Order): Promise<void> {
    const wallet = this.#wallet(from);
    const { balance, accountState } = await this.blockchain.getContract(wallet.address);
    const isOwn = wallet.address.equals(wallet.contract.address);
    if (accountState?.type !== "active" && !isOwn) {
      throw new Impossible(
        "the merchant's given address has no contract: start with TON_WALLET_STATE=active",
      );
    }
    if (balance < order.value + gas) {
      const value = order.value + gas + spare - balance;
      const funded = await this.faucet.send({ to: wallet.address, value, bounce: false });
      this.#collect(funded.transactions);
    }
    const message = await signTransfer(this.blockchain, wallet, order);
    this.#collect((await this.blockchain.sendMessage(message)).transactions);
  }

  #collect(transactions: BlockchainTransaction[]): void {
    this.#executed.push(transactions);
  }

  async #placeMerchant(): Promise<void> {
    const { address, init } = this.merchant;
    const account = createShardAccount({ ...init, address, balance: toNano("10") });
    await this.blockchain.setShardAccount(address, account);
  }
}

const isBounceable = (text: string): boolean =>
  Address.isFriendly(text) && Address.parseFriendly(text).isBounceable;
