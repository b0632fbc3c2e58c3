import type { Address } from "@ton/core";
import { type Currency, money } from "../../../domain/money.ts";
import { tidyComment } from "../../../domain/payments/comment.ts";
import { memoOf } from "../../../domain/payments/memo.ts";
import { instant } from "../../../domain/time.ts";
import type { PaymentSubject, StatementLine } from "../port.ts";
import { addressIn } from "./address.ts";
import { commentOf, internalTransferOf, isChange } from "./cells.ts";
import type { Transaction } from "./toncenter.ts";

/** What a transaction brought in: nanotons, or a jetton's base units. */
export interface Deposit {
  readonly units: bigint;
  /** Undefined where the chain does not say it in a form that we know. */
  readonly sender: Address | undefined;
  readonly comment: string | undefined;
}

/**
 * Coins that a message brought to our wallet. `aborted` proves nothing: a wallet that was never
 * deployed takes money in aborted transactions. What was sent back, or triggered something, left
 * outgoing messages; a bounced message returns coins of ours. A message about jettons counts by its
 * coins only, whatever it says, since anybody can send one.
 */
export function coinsIn(
  { in_msg: { source, value, bounced, message_content }, out_msgs }: Transaction,
  ownJettonWallets: readonly Address[],
): Deposit | undefined {
  if (source == null || value == null || bounced === true) return undefined;
  if (out_msgs.length > 0) return undefined;
  const sender = addressIn(source);
  const { body } = message_content;
  // Coins that come with a jetton, or are left over from sending one, do not pay for anything.
  if (ownJettonWallets.some((own) => sender?.equals(own)) || isChange(body)) return undefined;
  return { units: BigInt(value), sender, comment: commentOf(body) };
}

/**
 * Units that came to our own jetton wallet. Its contract takes them from a wallet of the same
 * jetton or from the master, and aborts on everybody else: that it did not abort is the proof.
 */
export function jettonsIn({ in_msg: message, description }: Transaction): Deposit | undefined {
  if (message.source == null || message.bounced === true) return undefined;
  if (description.aborted !== false) return undefined;
  return internalTransferOf(message.message_content.body);
}

/**
 * Whether units may have come to our jetton wallet,
 * but the row does not say if the transaction succeeded.
 */
export const isUnclear = ({
  in_msg: { bounced, message_content },
  description,
}: Transaction): boolean =>
  description.aborted === undefined &&
  bounced !== true &&
  internalTransferOf(message_content.body) !== undefined;

/** A deposit, with its currency and transaction. */
export interface Arrival extends Deposit {
  readonly currency: Currency;
  readonly transaction: Transaction;
  /** Whether addresses are written in the form of test networks. */
  readonly forTests: boolean;
}

const mostMinor = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A deposit as a line. One above 2^53 units cannot be booked as it is: it is unmatched, with the
 * largest amount that can be booked, and an admin finds the true amount in the evidence.
 */
export function lineOf(arrival: Arrival): StatementLine {
  const { transaction: source, currency, units, comment } = arrival;
  const isBookable = units <= mostMinor;
  const minor = Number(isBookable ? units : mostMinor);
  return {
    about: isBookable ? aboutOf(comment) : { kind: "nobody" },
    report: {
      kind: "paid",
      reference: `${hexOf(source.hash)}:${source.lt}`,
      paid: money(minor, currency),
      ...senderOf(arrival),
      at: instant(source.now * 1_000),
    },
    evidence: evidenceOf(source),
  };
}

/** Who sent it and what they wrote; the address as wallets show their own: it does not bounce. */
function senderOf({ sender, comment, forTests: testOnly }: Arrival) {
  const kept = tidyComment(comment);
  return {
    ...(sender === undefined ? {} : { sender: sender.toString({ bounceable: false, testOnly }) }),
    ...(kept === undefined ? {} : { comment: kept }),
  };
}

/**
 * The hexadecimal form of a hash, which is in base64, or in hexadecimal as some indexes write it.
 */
const hexOf = (hash: string): string =>
  hash.length === 64 ? hash.toLowerCase() : Buffer.from(hash, "base64").toString("hex");

function aboutOf(comment: string | undefined): PaymentSubject {
  const memo = memoOf(comment ?? "");
  return memo === undefined ? { kind: "nobody" } : { kind: "memo", memo };
}

/** Whether an invoice may ask a person to write this. */
export const isMemo = (text: string): boolean => /^(?!\s)[^\p{C}]{1,120}(?<!\s)$/u.test(text);

const mostEvidenceBytes = 16_384;

/** toncenter's row; without its messages where they are huge: the hash identifies them. */
function evidenceOf(transaction: Transaction): string {
  const whole = JSON.stringify(transaction.verbatim);
  if (Buffer.byteLength(whole) <= mostEvidenceBytes) return whole;
  const { account, hash, lt, now, mc_block_seqno, description, in_msg } = transaction;
  const { source, value, bounced } = in_msg;
  const kept = { account, hash, lt, now, mc_block_seqno, description };
  return JSON.stringify({ ...kept, in_msg: { source, value, bounced }, shortened: true });
}
