/** Answers in the items' order; so many are worked on at once. */
export async function concurrently<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const left = [...items.entries()];
  const answers: Answer[] = [];
  const oneAfterTheOther = async () => {
    for (let next = left.shift(); next; next = left.shift()) answers[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, oneAfterTheOther));
  return answers;
}
