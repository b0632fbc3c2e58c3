import { beginCell, type Builder, Cell, type Slice } from "@ton/core";

/** The jetton standard's operations [TON:standard/tokens/jettons/api.mdx]. */
export const ops = {
  textComment: 0,
  transfer: 0x0f8a7ea5,
  internalTransfer: 0x178d4519,
  notification: 0x7362d09c,
  excesses: 0xd53276db,
  burn: 0x595f07bc,
  encryptedComment: 0x2167da4b,
} as const;

/** How toncenter's marker names an operation [TI:ton-marker/schemes.tlb]. */
const opNames: ReadonlyMap<number, string> = new Map([
  [ops.textComment, "text_comment"],
  [ops.transfer, "jetton_transfer"],
  [ops.internalTransfer, "jetton_internal_transfer"],
  [ops.notification, "jetton_notify"],
  [ops.excesses, "excess"],
  [ops.burn, "jetton_burn"],
  [ops.encryptedComment, "encrypted_text_comment"],
]);

/** toncenter's name of an operation; null for an unknown one. */
export const opName = (op: number | undefined): string | null =>
  op === undefined ? null : (opNames.get(op) ?? null);

/** What a message says beside its value. */
export interface Note {
  /** A text of any length; it continues in further cells. */
  readonly comment?: string | undefined;
  /** Bytes in hex behind the mark of a binary comment (a body whose first byte is 0xff). */
  readonly binary?: string | undefined;
  /** A whole cell as base64 of its bag of cells. */
  readonly payload?: string | undefined;
}

/** Undefined for an empty note. @throws Error when the payload is not a bag of cells. */
export function bodyOf({ comment, binary, payload }: Note): Cell | undefined {
  if (payload !== undefined) return Cell.fromBase64(payload);
  if (binary !== undefined) {
    const bytes = Buffer.concat([Buffer.from([0xff]), Buffer.from(binary, "hex")]);
    return storeBytes(beginCell(), bytes).endCell();
  }
  if (comment === undefined) return undefined;
  return storeBytes(beginCell().storeUint(ops.textComment, 32), Buffer.from(comment)).endCell();
}

/** As many whole bytes as fit, the rest in a cell below. */
function storeBytes(into: Builder, bytes: Buffer): Builder {
  const room = Math.floor(into.availableBits / 8);
  into.storeBuffer(bytes.subarray(0, room));
  if (bytes.length <= room) return into;
  return into.storeRef(storeBytes(beginCell(), bytes.subarray(room)).endCell());
}

/** The first 32 bits of a body; undefined when it is shorter. */
export function opOf(body: Cell): number | undefined {
  const slice = body.beginParse();
  return !body.isExotic && slice.remainingBits >= 32 ? slice.loadUint(32) : undefined;
}

/**
 * The text of a comment; undefined for any other body. toncenter does not document what it does
 * with invalid UTF-8; here it does not count as text.
 */
export function commentOf(body: Cell): string | undefined {
  if (opOf(body) !== ops.textComment) return undefined;
  const chunks: Buffer[] = [];
  const first = body.beginParse().skip(32);
  for (let slice: Slice | undefined = first; slice !== undefined;) {
    if (slice.remainingBits % 8 !== 0) return undefined;
    chunks.push(slice.loadBuffer(slice.remainingBits / 8));
    slice = slice.remainingRefs > 0 ? slice.loadRef().beginParse() : undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

/**
 * As v3 shows a decoded body: a text in both its spellings, null for all that is not understood
 * [TI:detect/marker.go]. The names of other bodies' fields are not served.
 */
export function decodedBody(body: Cell): object | null {
  const comment = commentOf(body);
  if (comment === undefined) return null;
  return { type: "text_comment", "@type": "text_comment", comment };
}

/** A cell's hash in base64. */
export const hashOf = (cell: Cell): string => cell.hash().toString("base64");
/** A cell as base64 of its bag of cells. */
export const bocOf = (cell: Cell): string => cell.toBoc().toString("base64");
