import { truncate } from "../../texts/truncate.ts";

export { truncate } from "../../texts/truncate.ts";

/** The most characters in one message. @see https://core.telegram.org/bots/api#sendmessage */
export const mostCharacters = 4_096;

/** The first lines, as many as fit into `room` characters. */
export function fitLines(lines: readonly string[], room: number): readonly string[] {
  let left = room;
  const past = lines.findIndex((line) => (left -= line.length + 1) < 0);
  return past < 0 ? lines : lines.slice(0, past);
}

/** How long a button's label may be so that a phone shows it whole. */
export const longestLabel = 30;

/** A label with a name in it, which is cut where the label would be too long. */
export function fitLabel(name: string, label: (name: string) => string): string {
  const room = longestLabel - Array.from(label("")).length;
  return label(truncate(name, Math.max(room, 5)));
}
