import type { Allowance } from "./allowance.ts";

/** A bought traffic pack, and what its refunds have taken of it. */
export interface BoughtPack {
  readonly bytes: number;
  readonly price: number;
  /** How much of the price is returned or about to be, in the same unit. */
  readonly returned: number;
  /** How many of its bytes the refunds have taken back. */
  readonly takenBytes: number;
}

/** A pack, and the limit that it is a part of. */
export interface PackChange {
  readonly pack: BoughtPack;
  /** Undefined: there is no limit any more, so that nothing can be taken from it. */
  readonly limitBytes: number | undefined;
}

/** The limit with one more pack; without a limit there is nothing to raise. */
export const withPack = (limitBytes: number | undefined, bytes: number): number | undefined =>
  limitBytes === undefined ? undefined : limitBytes + bytes;

/**
 * What follows from the level to which a pack's price is returned, or about to be. A refund takes
 * the same share of the pack, but never what is used; a refund that fails gives back what it took.
 */
export function returnPack(
  pack: BoughtPack,
  returned: number,
  { allowance, movedBytes }: { readonly allowance: Allowance; readonly movedBytes: number },
): PackChange {
  const { limitBytes, baseBytes } = allowance;
  const share = shareOf(pack, returned);
  if (limitBytes === undefined) return { pack: { ...pack, returned }, limitBytes };
  const left = Math.max(0, limitBytes - Math.max(0, movedBytes - baseBytes));
  const wanted = share - shareOf(pack, pack.returned);
  const moved = wanted >= 0 ? Math.min(wanted, left) : Math.min(0, share - pack.takenBytes);
  const takenBytes = pack.takenBytes + moved;
  return { pack: { ...pack, returned, takenBytes }, limitBytes: limitBytes - moved };
}

const shareOf = ({ bytes, price }: BoughtPack, returned: number): number =>
  price === 0 ? 0 : Number((BigInt(bytes) * BigInt(Math.min(returned, price))) / BigInt(price));
