/** Works on at most `atOnce` items at a time. Returns the answers in the order of the items. */
export async function concurrently<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const left = [...items.entries()];
  const answers: Answer[] = [];
  const runLane = async () => {
    for (let next = left.shift(); next; next = left.shift()) answers[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, runLane));
  return answers;
}
