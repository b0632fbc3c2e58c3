import { type Address, beginCell, type Cell, type Slice } from "@ton/core";
import { ops } from "./bodies.ts";

/** A jetton transfer as its owner asks for it; amounts in the jetton's base units. */
export interface Transfer {
  readonly queryId: bigint;
  readonly amount: bigint;
  readonly destination: Address;
  readonly responseDestination: Address | null;
  readonly customPayload: Cell | null;
  /** Nanotons for the notification; 0 sends none. */
  readonly forwardTonAmount: bigint;
  /** Null: the payload is there and empty. */
  readonly forwardPayload: Cell | null;
}

/** The body of a jetton transfer; the payload lies in a cell of its own or inline. */
export function transferBody(transfer: Transfer, payloadInRef: boolean): Cell {
  const body = beginCell()
    .storeUint(ops.transfer, 32)
    .storeUint(transfer.queryId, 64)
    .storeCoins(transfer.amount)
    .storeAddress(transfer.destination)
    .storeAddress(transfer.responseDestination)
    .storeMaybeRef(transfer.customPayload)
    .storeCoins(transfer.forwardTonAmount);
  return withPayload(body, transfer.forwardPayload, payloadInRef).endCell();
}

function withPayload(body: ReturnType<typeof beginCell>, payload: Cell | null, inRef: boolean) {
  if (payload === null) return body.storeBit(false);
  if (inRef) return body.storeBit(true).storeRef(payload);
  return body.storeBit(false).storeSlice(payload.beginParse());
}

/** Undefined when the body is not a complete transfer. */
export function readTransfer(body: Cell): Transfer | undefined {
  try {
    const slice = body.beginParse();
    if (slice.loadUint(32) !== ops.transfer) return undefined;
    return {
      queryId: slice.loadUintBig(64),
      amount: slice.loadCoins(),
      destination: slice.loadAddress(),
      responseDestination: slice.loadMaybeAddress(),
      customPayload: slice.loadMaybeRef(),
      forwardTonAmount: slice.loadCoins(),
      forwardPayload: readPayload(slice),
    };
  } catch {
    return undefined;
  }
}

function readPayload(slice: Slice): Cell | null {
  if (slice.remainingBits === 0) return null;
  if (slice.loadBit()) return slice.loadRef();
  return slice.remainingBits === 0 && slice.remainingRefs === 0 ? null : slice.asCell();
}

/** A jetton wallet's notice to its owner (TEP-74); the amount is in the jetton's smallest units. */
export interface Notification {
  readonly queryId: bigint;
  readonly amount: bigint;
  readonly sender: Address;
  readonly payload: Cell | null;
}

/** A jetton wallet's notification of an incoming transfer, or a forgery of one. */
export function notificationBody(given: Notification): Cell {
  const body = beginCell()
    .storeUint(ops.notification, 32)
    .storeUint(given.queryId, 64)
    .storeCoins(given.amount)
    .storeAddress(given.sender);
  return withPayload(body, given.payload, true).endCell();
}
