import { type Address, beginCell, Cell, type Slice } from "@ton/core";

/** Operations: the first 32 bits of a message. Those of jettons are of their standard, TEP-74. */
const ops = { comment: 0, internalTransfer: 0x178d4519, excesses: 0xd53276db } as const;

/** Units that arrived at a jetton wallet, with what their sender said. */
export interface InternalTransfer {
  readonly units: bigint;
  readonly comment: string | undefined;
}

/** The text in a message's body; undefined when there is none, or none that can be read. */
export const commentOf = (body: string): string | undefined => tried(() => textIn(opened(body)));

/** Change of a jetton transfer that we sent ourselves. */
export const isChange = (body: string): boolean => tried(() => opIn(opened(body))) === ops.excesses;

/** How a jetton wallet is told of units that come in; undefined for every other message, and for one cut short. */
export const internalTransferOf = (body: string): InternalTransfer | undefined =>
  tried(() => {
    const slice = opened(body);
    if (opIn(slice) !== ops.internalTransfer) return undefined;
    slice.skip(64);
    const units = slice.loadCoins();
    return { units, comment: tried(() => textIn(payloadIn(slice))) };
  });

/** An address as an argument of a contract's method. */
export const argumentOf = (address: Address): string =>
  beginCell().storeAddress(address).endCell().toBoc().toString("base64");

/** The address that a contract's method answered with; undefined when it is none. */
export const answeredAddress = (cell: string): Address | undefined =>
  tried(() => opened(cell).loadAddress());

const opened = (bagOfCells: string): Slice => Cell.fromBase64(bagOfCells).beginParse();

const opIn = (slice: Slice): number | undefined =>
  slice.remainingBits < 32 ? undefined : slice.loadUint(32);

/** Behind the amount: sender, address for change, coins for a notice; then, here or below, this. */
function payloadIn(slice: Slice): Slice {
  slice.loadMaybeAddress();
  slice.loadMaybeAddress();
  slice.loadCoins();
  return slice.loadBit() ? slice.loadRef().beginParse() : slice;
}

/** 32 zero bits and UTF-8, which goes on in the first cell below as often as it has to. */
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

/** What strangers put into a message may be anything. */
function tried<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
