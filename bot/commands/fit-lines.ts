/** The most characters in one message. @see https://core.telegram.org/bots/api#sendmessage */
export const mostCharacters = 4_096;

/** The first lines, as many as fit into `room` characters. */
export function fitLines(lines: readonly string[], room: number): readonly string[] {
  let left = room;
  const past = lines.findIndex((line) => (left -= line.length + 1) < 0);
  return past < 0 ? lines : lines.slice(0, past);
}
