/** Splits a list into parts of `size`; the last one may be shorter. */
export function* inParts<Item>(
  items: readonly Item[],
  size: number,
): Generator<readonly Item[], void> {
  for (let first = 0; first < items.length; first += size) {
    yield items.slice(first, first + size);
  }
}

/** Yields the event loop once. */
export const yieldEventLoop = (): Promise<void> =>
  new Promise((resolve) => void setImmediate(resolve));
