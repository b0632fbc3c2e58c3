import type { Entity } from "./wire.ts";

/** A text cut along its entities: leaves are plain, branches are marked up as one entity says. */
export type Piece =
  | { readonly kind: "plain"; readonly at: number; readonly text: string }
  | {
      readonly kind: "marked";
      readonly at: number;
      readonly text: string;
      readonly entity: Entity;
      readonly inside: readonly Piece[];
    };

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The pieces of `text` in order; joined they are `text` again, whatever the entities say. An entity
 * that reaches over the end of the one around it is cut there.
 */
export function pieces(text: string, entities: readonly Entity[]): readonly Piece[] {
  const outermostFirst = entities.toSorted(
    (a, b) => a.offset - b.offset || b.length - a.length || depth(a) - depth(b),
  );
  return cut(text, { from: 0, to: text.length }, outermostFirst);
}

/** Among entities over the same text, a quote contains all others, and code contains none. */
function depth({ type }: Entity): number {
  if (type.endsWith("blockquote")) return 0;
  return type === "code" || type === "pre" ? 2 : 1;
}

function cut(text: string, { from, to }: Span, entities: readonly Entity[]): readonly Piece[] {
  const found: Piece[] = [];
  let at = from;
  for (const [index, entity] of entities.entries()) {
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at || end <= entity.offset) continue;
    if (entity.offset > at) found.push(plain(text, { from: at, to: entity.offset }));
    const span = { from: entity.offset, to: end };
    const rest = entities.slice(index + 1).filter((inner) => inner.offset < end);
    const inside = cut(text, span, rest);
    found.push({ kind: "marked", at: span.from, text: text.slice(span.from, end), entity, inside });
    at = end;
  }
  if (at < to) found.push(plain(text, { from: at, to }));
  return found;
}

const plain = (text: string, { from, to }: Span): Piece => ({
  kind: "plain",
  at: from,
  text: text.slice(from, to),
});

/** Where a button may lead: to a page, and to nothing else. */
export function webHref(link: string): string | undefined {
  const href = safeHref(link);
  return href !== undefined && /^https?:/u.test(href) ? href : undefined;
}

const opened = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

/** Where a link in a message may lead; undefined for schemes that could run code in this page. */
export function safeHref(link: string): string | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:/iu.test(link) ? link : `https://${link}`;
  const url = URL.parse(whole);
  return url !== null && opened.has(url.protocol) ? url.href : undefined;
}
