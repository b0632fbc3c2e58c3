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

/** How much of each pack is left, the oldest first, after so many bytes of them were used. */
export function usePacks(lefts: readonly number[], usedBytes: number): number[] {
  let toUse = usedBytes;
  return lefts.map((left) => {
    const used = Math.min(left, toUse);
    toUse -= used;
    return left - used;
  });
}

/**
 * What follows from the level to which a pack's price is returned, or about to be. A refund takes
 * the same share of the pack, but never what is used: `leftBytes` are not. A refund that fails gives
 * back what it took.
 */
export function returnPack(
  pack: BoughtPack,
  returned: number,
  {
    limitBytes,
    leftBytes,
  }: { readonly limitBytes: number | undefined; readonly leftBytes: number },
): PackChange {
  const share = shareOf(pack, returned);
  if (limitBytes === undefined) return { pack: { ...pack, returned }, limitBytes };
  const wanted = share - shareOf(pack, pack.returned);
  const moved = wanted >= 0 ? Math.min(wanted, leftBytes) : Math.min(0, share - pack.takenBytes);
  const takenBytes = pack.takenBytes + moved;
  return { pack: { ...pack, returned, takenBytes }, limitBytes: limitBytes - moved };
}

const shareOf = ({ bytes, price }: BoughtPack, returned: number): number =>
  price === 0 ? 0 : Number((BigInt(bytes) * BigInt(Math.min(returned, price))) / BigInt(price));
