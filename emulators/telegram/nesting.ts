import type { MessageEntity } from "./bot-api.ts";

const splittable = new Set(["bold", "italic", "underline", "strikethrough", "spoiler"]);
const quotes = new Set(["blockquote", "expandable_blockquote"]);
const code = new Set(["code", "pre"]);

const isStyle = ({ type }: MessageEntity): boolean => splittable.has(type);
const isQuote = ({ type }: MessageEntity): boolean => quotes.has(type);
const isCode = ({ type }: MessageEntity): boolean => code.has(type);
const endOf = ({ offset, length }: MessageEntity): number => offset + length;
const overlap = (a: MessageEntity, b: MessageEntity): boolean =>
  a.offset < endOf(b) && b.offset < endOf(a);
const contains = (outer: MessageEntity, inner: MessageEntity): boolean =>
  outer.offset <= inner.offset && endOf(inner) <= endOf(outer);

/** At one place the longer one is outside; of two equally long ones a quote, then code. */
export const byPlace = (a: MessageEntity, b: MessageEntity): number =>
  a.offset - b.offset || b.length - a.length || rankOf(a) - rankOf(b);

function rankOf(one: MessageEntity): number {
  if (isQuote(one)) return 0;
  if (isCode(one)) return 1;
  return isStyle(one) ? 3 : 2;
}

/**
 * The entities that Telegram keeps: nothing is styled inside code, links and code do not overlap,
 * quotes do not nest, and a style that crosses the end of another entity is cut there. What is
 * forbidden is taken out in silence, as on the real server (tdlib, fix_entities).
 */
export function keepNestable(entities: readonly MessageEntity[]): MessageEntity[] {
  const sorted = entities.toSorted(byPlace);
  const blocks = withoutOverlaps(sorted.filter(isQuote));
  const solid = withoutOverlaps(sorted.filter((one) => !isQuote(one) && !isStyle(one)));
  const kept = solid.filter((one) =>
    blocks.every((block) => !overlap(block, one) || contains(block, one)),
  );
  const fixed = [...kept, ...blocks];
  const styles = sorted.filter(isStyle).flatMap((style) => cutAtEnds(style, fixed));
  return [...fixed, ...styles].toSorted(byPlace);
}

/** Of those that overlap the first one stays. */
function withoutOverlaps(sorted: readonly MessageEntity[]): MessageEntity[] {
  const kept: MessageEntity[] = [];
  for (const one of sorted) {
    const last = kept.at(-1);
    if (last === undefined || one.offset >= endOf(last)) kept.push(one);
  }
  return kept;
}

function cutAtEnds(style: MessageEntity, fixed: readonly MessageEntity[]): MessageEntity[] {
  const crossed = fixed.filter(
    (one) =>
      overlap(one, style) && (isCode(one) || !(contains(one, style) || contains(style, one))),
  );
  const ends = crossed.flatMap((one) => [one.offset, endOf(one)]);
  const inside = ends.filter((at) => at > style.offset && at < endOf(style));
  const stops = [...new Set([style.offset, ...inside, endOf(style)])].toSorted((a, b) => a - b);
  const pieces = stops.slice(0, -1).map((offset, index) => {
    return { ...style, offset, length: (stops[index + 1] ?? offset) - offset };
  });
  return pieces.filter((piece) => !fixed.some((one) => isCode(one) && contains(one, piece)));
}
