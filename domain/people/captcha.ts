import type { TelegramId } from "../ids.ts";
import { hourMs, minuteMs, secondMs } from "../time.ts";

/** Pictures that look alike on every phone; their names in each language are in `texts/`. */
export const pictures = {
  apple: "🍎",
  banana: "🍌",
  car: "🚗",
  cat: "🐱",
  dog: "🐶",
  fish: "🐟",
  flower: "🌸",
  house: "🏠",
  key: "🔑",
  moon: "🌙",
  rocket: "🚀",
  star: "⭐",
  sun: "☀️",
  tree: "🌳",
  umbrella: "☂️",
  watch: "⌚",
} as const;

/** The name of a picture, in buttons and texts. */
export type Picture = keyof typeof pictures;

/** All pictures, from which a question draws its options. */
export const pictureNames = Object.keys(pictures) as Picture[];

/** A picture question: which of these pictures is `wanted`? */
export interface Challenge {
  /** The number of the person's try, from 1: it identifies a press on an older question. */
  readonly round: number;
  readonly wanted: Picture;
  readonly options: readonly Picture[];
}

/** How many pictures and tries a person has, and how long each pause is. */
export const captchaRules = {
  options: 6,
  tries: 3,
  /**
   * The pause after the first wrong answer, the second, …; the last wrong answer ends the signup.
   */
  pausesMs: [10 * secondMs, minuteMs],
  /** How long after the last wrong answer the person may press Start again. */
  cooldownMs: 15 * minuteMs,
  lapseMs: 24 * hourMs,
} as const;

/**
 * Draws a question; `random` returns numbers in [0, 1).
 * @throws Error when `random` returns anything else.
 */
export function drawChallenge(round: number, random: () => number): Challenge {
  const left = [...pictureNames];
  const options: Picture[] = [];
  while (options.length < captchaRules.options) {
    const [picked] = left.splice(Math.floor(random() * left.length), 1);
    if (picked !== undefined) options.push(picked);
  }
  const wanted = options[Math.floor(random() * options.length)];
  if (wanted === undefined) throw new Error("a challenge has options");
  return { round, wanted, options };
}

/**
 * A person's first question: always the same, whether the bot asks it at once or the signup does.
 */
export const firstChallenge = (of: TelegramId): Challenge => drawChallenge(1, seededRandom(of));

/** A seeded generator of numbers in [0, 1): mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What follows from an answer: `failed` was the last try, after `wrong` comes another question. */
export type Verdict =
  | { readonly kind: "right" }
  | { readonly kind: "wrong"; readonly pauseMs: number }
  | { readonly kind: "failed" };

/** Judges an answer to the question of `round`; undefined: it answers another round's question. */
export function judge(challenge: Challenge, round: number, choice: string): Verdict | undefined {
  if (round !== challenge.round) return undefined;
  if (choice === challenge.wanted) return { kind: "right" };
  if (challenge.round >= captchaRules.tries) return { kind: "failed" };
  return { kind: "wrong", pauseMs: captchaRules.pausesMs[challenge.round - 1] ?? 0 };
}
