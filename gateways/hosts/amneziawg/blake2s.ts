/** RFC 7693, section 2.6. */
const initial = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const;

/** The order in which each round takes the words of a block: RFC 7693, section 2.7. */
const orders = [
  "0123456789abcdef",
  "ea489fd61c02b753",
  "b8c052fdae367194",
  "7931dcbe265a40f8",
  "905724afe1bc683d",
  "2c6a0b834d75fe19",
  "c51fed4a0763928b",
  "db7ec13950f4862a",
  "6fe9b308c2d714a5",
  "a2847615fb9e3cd0",
].map((order) => Array.from(order, (digit) => Number.parseInt(digit, 16)));

/** The words that one step mixes: four columns, then four diagonals. */
const mixed = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

const blockBytes = 64;

/**
 * BLAKE2s with a key of up to 32 bytes (RFC 7693), which Node does not offer: its `blake2s256`
 * takes no key. `size` is the length of the result, in bytes, up to 32.
 */
export function keyedBlake2s(key: Buffer, data: Buffer, size: number): Buffer {
  const state = Uint32Array.from(initial);
  state[0] = initial[0] ^ 0x01_01_00_00 ^ (key.length << 8) ^ size;
  const padded = Buffer.alloc(key.length > 0 ? blockBytes : 0);
  key.copy(padded);
  const input = Buffer.concat([padded, data]);
  const blocks = Math.max(1, Math.ceil(input.length / blockBytes));
  for (let index = 0; index < blocks; index += 1) {
    const end = Math.min(input.length, (index + 1) * blockBytes);
    const block = Buffer.alloc(blockBytes);
    input.copy(block, 0, index * blockBytes, end);
    compress(state, block, { countedBytes: end, isLast: index === blocks - 1 });
  }
  const result = Buffer.alloc(4 * state.length);
  for (const [index, word] of state.entries()) result.writeUInt32LE(word, 4 * index);
  return result.subarray(0, size);
}

const rotateRight = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

function compress(
  state: Uint32Array,
  block: Buffer,
  { countedBytes, isLast }: { readonly countedBytes: number; readonly isLast: boolean },
): void {
  const work = Uint32Array.from([...state, ...initial]);
  const word = (index: number) => work[index] ?? 0;
  work[12] = word(12) ^ countedBytes;
  if (isLast) work[14] = ~word(14);
  const taken = (order: readonly number[], index: number) =>
    block.readUInt32LE(4 * (order[index] ?? 0));
  for (const order of orders) {
    for (const [index, [a, b, c, d]] of mixed.entries()) {
      work[a] = word(a) + word(b) + taken(order, 2 * index);
      work[d] = rotateRight(word(d) ^ word(a), 16);
      work[c] = word(c) + word(d);
      work[b] = rotateRight(word(b) ^ word(c), 12);
      work[a] = word(a) + word(b) + taken(order, 2 * index + 1);
      work[d] = rotateRight(word(d) ^ word(a), 8);
      work[c] = word(c) + word(d);
      work[b] = rotateRight(word(b) ^ word(c), 7);
    }
  }
  for (const [index, before] of state.entries())
    state[index] = before ^ word(index) ^ word(index + 8);
}
