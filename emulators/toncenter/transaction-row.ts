import { Dictionary, type TransactionComputePhase, type TransactionDescription } from "@ton/core";
import { accountOf } from "./addresses.ts";
import { hashOf } from "./bodies.ts";
import type { Indexed } from "./indexer.ts";
import { messageRow } from "./message-row.ts";

/** How a row is marked: what is not final has no masterchain block yet. */
export type Finality = "pending" | "confirmed" | "finalized";

/** A transaction as v3 shows it [TI:models/blockchain.go]; states of accounts are not served. */
export function transactionRow(indexed: Indexed, finality: Finality): object {
  const { transaction, traceId, externalHash, mcSeqno } = indexed;
  const isFinal = finality === "finalized";
  const [inHash, outHashes] = messageHashes(indexed);
  return {
    account: accountOf(indexed.account),
    hash: transaction.hash().toString("base64"),
    lt: indexed.lt.toString(),
    now: indexed.now,
    mc_block_seqno: isFinal ? mcSeqno : null,
    trace_id: traceId.toString("base64"),
    trace_external_hash: externalHash?.toString("base64") ?? null,
    prev_trans_hash: hashText(transaction.prevTransactionHash),
    prev_trans_lt: transaction.prevTransactionLt.toString(),
    orig_status: statusOf(transaction.oldStatus),
    end_status: statusOf(transaction.endStatus),
    total_fees: transaction.totalFees.coins.toString(),
    total_fees_extra_currencies: {},
    description: descriptionRow(transaction.description),
    block_ref: { workchain: 0, shard: "8000000000000000", seqno: mcSeqno },
    in_msg: transaction.inMessage == null ? null : messageRow(transaction.inMessage, inHash),
    out_msgs: transaction.outMessages
      .values()
      .map((message, at) => messageRow(message, outHashes[at] ?? "")),
    account_state_before: null,
    account_state_after: null,
    emulated: !isFinal,
    finality,
  };
}

/** The hashes of a transaction's messages, as they lie in it: the first cell below holds them. */
function messageHashes({ transaction }: Indexed): [string, string[]] {
  const slice = transaction.raw.refs[0]?.beginParse();
  if (slice === undefined) return ["", []];
  const inCell = slice.loadMaybeRef();
  const out = slice.loadDict(messageKeys, messageCells);
  return [inCell === null ? "" : hashOf(inCell), out.values().map(hashOf)];
}

const messageKeys = Dictionary.Keys.Uint(15);
const messageCells = Dictionary.Values.Cell();

const hashText = (hash: bigint): string =>
  Buffer.from(hash.toString(16).padStart(64, "0"), "hex").toString("base64");

const statusOf = (status: string): string => (status === "uninitialized" ? "uninit" : status);

function descriptionRow(description: TransactionDescription): object {
  if (description.type !== "generic") return { type: description.type };
  const { storagePhase, creditPhase, computePhase, actionPhase, bouncePhase } = description;
  return {
    type: "ord",
    aborted: description.aborted,
    destroyed: description.destroyed,
    credit_first: description.creditFirst,
    ...(storagePhase == null
      ? {}
      : {
          storage_ph: {
            storage_fees_collected: storagePhase.storageFeesCollected.toString(),
            status_change: storagePhase.statusChange,
          },
        }),
    ...(creditPhase == null ? {} : { credit_ph: { credit: creditPhase.credit.coins.toString() } }),
    compute_ph: computeRow(computePhase),
    ...(actionPhase == null
      ? {}
      : {
          action: {
            success: actionPhase.success,
            valid: actionPhase.valid,
            no_funds: actionPhase.noFunds,
            result_code: actionPhase.resultCode,
            tot_actions: actionPhase.totalActions,
            msgs_created: actionPhase.messagesCreated,
          },
        }),
    ...(bouncePhase == null ? {} : { bounce: { type: bouncePhase.type } }),
  };
}

function computeRow(phase: TransactionComputePhase): object {
  if (phase.type === "skipped") return { skipped: true, reason: phase.reason.replaceAll("-", "_") };
  return {
    skipped: false,
    success: phase.success,
    account_activated: phase.accountActivated,
    gas_fees: phase.gasFees.toString(),
    gas_used: phase.gasUsed.toString(),
    gas_limit: phase.gasLimit.toString(),
    mode: phase.mode,
    exit_code: phase.exitCode,
    vm_steps: phase.vmSteps,
  };
}
