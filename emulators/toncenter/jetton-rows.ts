import type { Address } from "@ton/core";
import { accountOf, rawOf } from "./addresses.ts";
import { bocOf, decodedBody } from "./bodies.ts";
import type { IndexedTransfer, IndexedWallet } from "./indexer.ts";
import type { Jettons } from "./jettons.ts";

/** A jetton transfer as v3 shows it [TI:models/jetton.go]. */
export function transferRow(transfer: IndexedTransfer): object {
  const { at, forwardPayload, customPayload } = transfer;
  const { description } = at.transaction;
  return {
    query_id: transfer.queryId.toString(),
    source: accountOf(transfer.source),
    destination: accountOf(transfer.destination),
    amount: transfer.amount.toString(),
    source_wallet: accountOf(transfer.sourceWallet),
    jetton_master: accountOf(transfer.master),
    transaction_hash: at.transaction.hash().toString("base64"),
    transaction_lt: at.lt.toString(),
    transaction_now: at.now,
    transaction_aborted: description.type === "generic" && description.aborted,
    response_destination: rawOf(transfer.responseDestination),
    custom_payload: customPayload === null ? null : bocOf(customPayload),
    decoded_custom_payload: null,
    forward_ton_amount: transfer.forwardTonAmount.toString(),
    forward_payload: forwardPayload === null ? null : bocOf(forwardPayload),
    decoded_forward_payload: forwardPayload === null ? null : decodedBody(forwardPayload),
    trace_id: at.traceId.toString("base64"),
  };
}

/** A jetton wallet as v3 shows it [TI:models/jetton.go]. */
export function walletRow(wallet: IndexedWallet): object {
  return {
    address: accountOf(wallet.address),
    balance: wallet.balance.toString(),
    owner: accountOf(wallet.owner),
    jetton: accountOf(wallet.master),
    last_transaction_lt: wallet.lastLt.toString(),
    code_hash: wallet.codeHash,
    data_hash: wallet.dataHash,
  };
}

/** The friendly spelling of each address of a page. */
export function addressBook(addresses: readonly (Address | null)[]): object {
  const known = addresses.filter((address) => address !== null);
  return Object.fromEntries(
    known.map((address) => [
      accountOf(address),
      { user_friendly: address.toString(), domain: null, interfaces: null },
    ]),
  );
}

/** The metadata of the masters on a page. A look-alike has the same. */
export function metadata(masters: readonly Address[], jettons: Jettons): object {
  const rows = masters.flatMap((master) => {
    const jetton = jettons.find(master);
    if (jetton === undefined) return [];
    const { name, symbol, decimals } = jetton;
    const info = { type: "jetton_masters", name, symbol, extra: { decimals: String(decimals) } };
    return [[accountOf(master), { is_indexed: true, token_info: [info] }] as const];
  });
  return Object.fromEntries(rows);
}
