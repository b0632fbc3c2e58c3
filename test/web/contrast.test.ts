import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../../web/styles.css", import.meta.url), "utf8");
const schemes = {
  light: css.slice(0, css.indexOf("@media")),
  dark: css.slice(css.indexOf("@media")),
};

function colourIn(part: string, name: string): readonly number[] {
  const [, hex] = new RegExp(`--${name}: #([0-9a-f]{6});`, "u").exec(part) ?? [];
  if (hex === undefined) throw new Error(`the stylesheet has no ${name}`);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** As WCAG 2.2 defines it. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(part: string, one: string, other: string): number {
  const [low = 0, high = 0] = [one, other]
    .map((name) => luminance(colourIn(part, name)))
    .toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Text, and what it stands on. */
const texts: readonly (readonly [string, string])[] = [
  ...["background", "surface", "raised", "incoming", "outgoing", "code"].map(
    (on) => ["foreground", on] as const,
  ),
  ...["background", "surface", "raised", "incoming", "tint"].map((on) => ["muted", on] as const),
  ...["surface", "raised", "incoming", "outgoing", "tint", "code"].map(
    (on) => ["accent", on] as const,
  ),
  ["outgoing-muted", "outgoing"],
  ["on-primary", "primary"],
  ["on-primary", "primary-strong"],
  ["on-key", "key"],
  ["on-key", "key-strong"],
  ["danger", "surface"],
  ["danger", "danger-tint"],
  ["surface", "danger"],
  ["warning", "surface"],
  ["warning", "raised"],
  ["warning", "warning-tint"],
  ["background", "foreground"],
];

/** What a control is seen by, and what it stands on. */
const shapes: readonly (readonly [string, string])[] = [
  ["field-line", "surface"],
  ["primary", "surface"],
  ["primary", "background"],
];

describe.each(Object.entries(schemes))("in the %s scheme", (_name, part) => {
  test.each(texts)("text in %s is readable on %s", (text, on) => {
    expect(contrast(part, text, on)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(shapes)("%s can be seen on %s", (shape, on) => {
    expect(contrast(part, shape, on)).toBeGreaterThanOrEqual(3);
  });
});
