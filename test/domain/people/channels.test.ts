import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  channelGraceMs,
  channelsIn,
  graceEnd,
  membershipStep,
  mostChannels,
  parseChannels,
} from "../../../domain/people/channels.ts";
import { addMs, type Instant, instant } from "../../../domain/time.ts";

const start = instant("2026-01-01T00:00:00.000Z");

const username = fc.stringMatching(/^[a-zA-Z]\w{3,31}$/u);
const anyChannel = fc.oneof(
  username.map((name) => ({ written: `@${name}`, chat: `@${name}`, url: `https://t.me/${name}` })),
  fc
    .tuple(fc.integer({ min: 100_000_000, max: 9_999_999_999 }), fc.stringMatching(/^[\w-]{16}$/u))
    .map(([number, hash]) => {
      const chat = `-100${number}`;
      const url = `https://t.me/+${hash}`;
      return { written: `${chat}  ${url}`, chat, url };
    }),
);
const separator = fc.constantFrom("\n", ", ", ";", " ,\n ");

test("up to five channels are read as an owner writes them, in their order", () =>
  fc.assert(
    fc.property(
      fc.uniqueArray(anyChannel, {
        maxLength: mostChannels,
        selector: ({ chat }) => chat.toLowerCase(),
      }),
      separator,
      (channels, between) => {
        const stored = parseChannels(channels.map(({ written }) => written).join(between));
        expect(channelsIn(stored ?? "not read")).toEqual(
          channels.map(({ chat, url }) => ({ chat, url })),
        );
        expect(parseChannels(stored ?? "")).toBe(stored);
      },
    ),
  ));

test.each([
  ["one that is named twice", "@news, @NEWS"],
  ["six", "@aaaa @bbbb @cccc @dddd @eeee @ffff".replaceAll(" ", ",")],
  ["a name without its @", "news"],
  ["a name that Telegram has not", "@1news"],
  ["a private one without a link", "-1001234567890"],
  ["a link to elsewhere", "-1001234567890 https://example.com/+AbCdEfGh12345"],
  ["a private chat's number", "1234567890 https://t.me/+AbCdEfGh12345"],
])("a value is refused with %s", (_, text) => {
  expect(parseChannels(text)).toBeUndefined();
});

test("the page of a channel is as good as its name", () => {
  expect(parseChannels("https://t.me/news_1")).toBe("@news_1");
});

interface Moment {
  readonly afterMs: number;
  readonly isMissing: boolean;
  readonly hasPaidTime: boolean;
}

const moments = fc.array(
  fc.record({
    afterMs: fc.oneof(
      fc.constantFrom(0, 1, channelGraceMs - 1, channelGraceMs),
      fc.nat(2 * channelGraceMs),
    ),
    isMissing: fc.boolean(),
    hasPaidTime: fc.boolean(),
  }),
  { maxLength: 20 },
);

interface State {
  now: Instant;
  leftAt: Instant | undefined;
  suspendedAt: Instant | undefined;
}

/** Books a look as the database does. */
function look(state: State, { afterMs, ...found }: Moment): State {
  const now = addMs(state.now, afterMs);
  switch (membershipStep(state, found, now)) {
    case "none":
      return { ...state, now };
    case "warn":
      return { now, leftAt: now, suspendedAt: undefined };
    case "suspend":
      return { ...state, now, suspendedAt: now };
    case "restore":
    case "forget":
      return { now, leftAt: undefined, suspendedAt: undefined };
  }
}

test("paid access is never paused, free access not before a day of absence, and whoever is back is let in", () =>
  fc.assert(
    fc.property(moments, (looks) => {
      let state: State = { now: start, leftAt: undefined, suspendedAt: undefined };
      /** Since when every look has found them missing and without paid time. */
      let absentSince: Instant | undefined;
      for (const one of looks) {
        const isAbsent = one.isMissing && !one.hasPaidTime;
        state = look(state, one);
        absentSince = isAbsent ? (absentSince ?? state.now) : undefined;
        expect(state.leftAt).toBe(absentSince);
        const isOver = absentSince !== undefined && state.now >= graceEnd(absentSince);
        expect(state.suspendedAt !== undefined).toBe(isOver);
      }
    }),
    { numRuns: 500 },
  ));
