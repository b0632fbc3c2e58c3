/** Whether a text has a part like this, as `ILIKE '%…%'` does: `_` stands for any character. */
export function isLike(text: string | null, part: string): boolean {
  const pattern = part
    .replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return text !== null && new RegExp(pattern, "isu").test(text);
}
