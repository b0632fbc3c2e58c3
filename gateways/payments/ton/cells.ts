import { type Address, beginCell, Cell, type Slice } from "@ton/core";

/** Operations: the first 32 bits of a message. Those of jettons are from their standard, TEP-74. */
const ops = { comment: 0, internalTransfer: 0x178d4519, excesses: 0xd53276db } as const;

/** Units that arrived at a jetton wallet, with their sender's comment. */
export interface InternalTransfer {
  readonly units: bigint;
  /** Whose jetton wallet they left: that wallet's contract says so. */
  readonly sender: Address | undefined;
  readonly comment: string | undefined;
}

/** The text in a message's body; undefined where it has none that can be read. */
export const commentOf = (body: string): string | undefined =>
  orUndefined(() => textIn(sliceOf(body)));

/** Whether a message is the change of a jetton transfer that we sent. */
export const isChange = (body: string): boolean =>
  orUndefined(() => opIn(sliceOf(body))) === ops.excesses;

/**
 * The units that a message brings to a jetton wallet;
 * undefined for other messages, and for a truncated one.
 */
export const internalTransferOf = (body: string): InternalTransfer | undefined =>
  orUndefined(() => {
    const slice = sliceOf(body);
    if (opIn(slice) !== ops.internalTransfer) return undefined;
    slice.skip(64);
    const units = slice.loadCoins();
    const sender = orUndefined(() => slice.clone().loadMaybeAddress()) ?? undefined;
    return { units, sender, comment: orUndefined(() => textIn(payloadIn(slice))) };
  });

/** An address as an argument of a contract's method. */
export const argumentOf = (address: Address): string =>
  beginCell().storeAddress(address).endCell().toBoc().toString("base64");

/** The address that a contract's method returned; undefined where it returned none. */
export const addressFromCell = (cell: string): Address | undefined =>
  orUndefined(() => sliceOf(cell).loadAddress());

const sliceOf = (bagOfCells: string): Slice => Cell.fromBase64(bagOfCells).beginParse();

const opIn = (slice: Slice): number | undefined =>
  slice.remainingBits < 32 ? undefined : slice.loadUint(32);

/**
 * After the amount come sender, address for change and coins for a notice; then, in this cell or
 * the next, the payload.
 */
function payloadIn(slice: Slice): Slice {
  slice.loadMaybeAddress();
  slice.loadMaybeAddress();
  slice.loadCoins();
  return slice.loadBit() ? slice.loadRef().beginParse() : slice;
}

/** 32 zero bits, then UTF-8, which continues in the first cell below as often as needed. */
function textIn(slice: Slice): string | undefined {
  if (opIn(slice) !== ops.comment) return undefined;
  const chunks: Buffer[] = [];
  for (let at: Slice | undefined = slice; at !== undefined; at = below(at)) {
    if (at.remainingBits % 8 !== 0) return undefined;
    chunks.push(at.loadBuffer(at.remainingBits / 8));
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
}

const below = (slice: Slice): Slice | undefined =>
  slice.remainingRefs > 0 ? slice.loadRef().beginParse() : undefined;

/** Strangers can put anything into a message. */
function orUndefined<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
