import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Words that docs/glossary.md retires, and how often each still stands, in any of its forms, in
 * identifiers and names of files. The numbers only shrink.
 */
export const allowed: Readonly<Record<string, number>> = {
  advice: 0,
  boss: 0,
  bump: 0,
  buyer: 0,
  care: 0,
  chaos: 0,
  clipped: 0,
  consequence: 0,
  deed: 0,
  desk: 0,
  door: 0,
  ear: 0,
  edge: 0,
  ephemeral: 0,
  fitted: 0,
  guarded: 0,
  halted: 0,
  heard: 0,
  hears: 0,
  hurry: 0,
  hush: 0,
  inbox: 0,
  intake: 0,
  introduced: 0,
  lone: 0,
  mishap: 0,
  mortal: 0,
  outbox: 0,
  outward: 0,
  pace: 0,
  patience: 0,
  plant: 0,
  pump: 0,
  puzzle: 0,
  remedy: 0,
  says: 0,
  settlement: 0,
  shopper: 0,
  standing: 0,
  story: 0,
  surroundings: 0,
  tick: 0,
  till: 0,
  told: 0,
  unservable: 0,
  vitals: 0,
  // A picture of the captcha.
  watch: 3,
  wish: 0,
  world: 0,
};

/** Words of the glossary's right column that have a right use, too, and are not counted. */
export const notCounted: Readonly<Record<string, string>> = {
  house: "the number of a postal address",
  letter: "a letter of an alphabet",
  life: "how long something lives",
  line: "a line of a text",
  numbers: "several numbers",
  said: "what a program has printed, in tests",
  stage: "the search attribute Stage",
  strike: "the HTML element",
  word: "a word",
};

export const root = fileURLToPath(new URL("..", import.meta.url));
const ignored = /(?:^|\/)(?:node_modules|dist|\.tollgate)(?:\/|$)/u;
export const code = globSync("**/*.{ts,tsx,mjs}", {
  cwd: root,
  exclude: (path) => ignored.test(path),
}).filter((path) => !ignored.test(path) && !path.endsWith("retired-words.ts"));
const comments = /\/\*[\s\S]*?\*\/|(?<=^|[^:"'`\\])\/\/.*$/gmu;
const texts = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gu;
const templates = /`(?:[^`\\]|\\.)*`/gu;
const expressions =
  /(?<=[(,=:[!&|?{};\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]+/gu;

/**
 * The words of a file's name and of its identifiers;
 * what it says in comments and texts is not looked at.
 */
function wordsOf(path: string): string[] {
  const bare = readFileSync(`${root}/${path}`, "utf8")
    .replaceAll(comments, " ")
    .replaceAll(expressions, " ")
    .replaceAll(texts, " ")
    .replaceAll(templates, (text) => (text.match(/\$\{[^}]*\}/gu) ?? []).join(" "));
  const identifiers = [...(bare.match(/[A-Za-z_$][\w$]*/gu) ?? []), ...path.split(/[/.-]/u)];
  return identifiers.flatMap((name) =>
    name
      .replaceAll(/(?<=[a-z\d])(?=[A-Z])/gu, " ")
      .toLowerCase()
      .split(/[\s_$]+/u),
  );
}

/** The word with its regular endings: `edge` gives `edges`, `edged` and `edging`, too. */
function formsOf(word: string): string[] {
  const stem = word.replace(/e$/u, "");
  const endings = ["s", "es", "ed", "ing", "er", "ers"].map((ending) => stem + ending);
  const plural = word.replace(/y$/u, "ies");
  return [word, `${word}s`, plural, ...endings];
}

/** How often each retired word stands, in any form, in names of files and identifiers. */
export function countRetired(): Record<string, number> {
  const counts = new Map(Object.keys(allowed).map((word) => [word, 0]));
  const retiredBy = new Map(
    Object.keys(allowed).flatMap((word) => formsOf(word).map((form) => [form, word] as const)),
  );
  for (const word of code.flatMap(wordsOf)) {
    const retired = retiredBy.get(word);
    if (retired !== undefined) counts.set(retired, counts.get(retired)! + 1);
  }
  return Object.fromEntries(counts);
}

/** What no comment, text or document says, and what to write instead. */
export const retiredPhrases: Readonly<Record<string, RegExp>> = {
  "receives, is notified": /\bhear(?:s|d|ing)?\b/giu,
  workflow: /(?<!")\bstor(?:y|ies)\b(?!")/giu,
  "is sent to": /\bpeople are told\b/giu,
  "permanently, never": /\bfor ever\b/giu,
  "unmatched payment": /\bunmatched money\b/giu,
  "is not a": /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b)/giu,
  "is invalid": /(?<!\bthere )\b(?:is|are|was|were) none\b/giu,
  "leave out": /\b(?:leave|leaves|leaving|left) away\b/giu,
};

/** What no text for people says, in either language. */
export const retiredInTexts: readonly RegExp[] = [
  /\banew\b/iu,
  /\blapsed\b/iu,
  /\bworks no more\b/iu,
  /\bNoted\b/u,
  /\bmoney that nobody\b/iu,
  /\bWhat you have with us\b/iu,
  /\bDesk\b/u,
  /Пульт/u,
  /никто не просил/iu,
  /(?<![\p{L}])даром(?![\p{L}])/iu,
  /Купить нечего/iu,
];

const prose = globSync(["**/*.{ts,tsx,mjs,md,sh,yaml,yml}", ".env.example"], {
  cwd: root,
  exclude: (path) => ignored.test(path),
}).filter(
  (path) => !ignored.test(path) && !/(?:retired-words\.ts|glossary\.(?:md|test\.ts))$/u.test(path),
);

/** Where a retired phrase stands: the file, the words around it, and what to write instead. */
export function findRetiredPhrases(): string[] {
  return prose.flatMap((path) => {
    // A phrase may be broken into two lines of a comment or a document.
    const text = readFileSync(`${root}/${path}`, "utf8").replaceAll(
      /\s*\n\s*(?:\*|\/\/|#)?\s*/gu,
      " ",
    );
    return Object.entries(retiredPhrases).flatMap(([instead, phrase]) =>
      [...text.matchAll(phrase)].map(({ index }) => {
        const around = text.slice(Math.max(0, index - 30), index + 30);
        return `${path}: ...${around}...: write "${instead}"`;
      }),
    );
  });
}
