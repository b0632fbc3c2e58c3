import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { code, root } from "./retired-words.ts";

/** Where every export has a docstring, and every method that others can call. */
const thorough = /^(?:activities|api|bot|client|domain|runtime|workflows)\//u;
/** Where every exported type has one, too, and every method but those that a port describes. */
const typed = /^(?:db|gateways)\//u;
/** Tests and migrations are read by themselves; a bare workflow of the bench is to stay bare. */
const exempt = /^(?:test|db\/migrations)\/|\.config\.ts$|^bench\/bare\//u;

const functions =
  /^export (?:async )?function\*? \w+|^export const \w+ =(?: async)? (?:<[^>]*>)?\(/u;
const classes = /^export (?:abstract )?class \w+/u;
const interfaces = /^export interface \w+/u;
/** A class whose methods are described by the interface that it implements. */
const adapters = /^export class \w+ (?:extends \w+ )?implements /u;
const types = /^export type \w+/u;
const others = /^export type \w+[^{]* =|^export type \w+<|^export const /u;
/** In the formatter's layout a member of an export is indented by two spaces. */
const methods = /^ {2}(?:static |override |async |get )*(?!constructor\b)\w+(?:<[^>]*>)?\(/u;

/** An error that is made here: `throw new Refusal(…)`, `throw badRequest(…)`. */
const throwing = /\bthrow (?:new )?[\w.]+\(/u;
/** A function within a function: what it throws is its own. */
const inner = /=> \{$|^\s+(?:async )?(?!(?:if|for|while|switch|catch)\b)\w+\(.*\{$/u;

interface Line {
  readonly text: string;
  /** "" where there is none. */
  readonly docstring: string;
  /** Inside the braces of an exported class or interface. */
  readonly isMember: boolean;
  /** The same, of a class that implements a port. */
  readonly isOfPort: boolean;
}

function linesOf(source: string): readonly Line[] {
  const lines = source.split("\n");
  let isMember = false;
  let isOfPort = false;
  return lines.map((text, at) => {
    if (/^\S/u.test(text)) {
      isMember = classes.test(text) || interfaces.test(text);
      isOfPort = adapters.test(text);
    }
    let above = at - 1;
    // A switch of the linter, and the signatures of an overloaded function, may stand in between.
    while (/^\s*\/\/ oxlint|^export (?:async )?function \w+.*;$/u.test(lines[above] ?? ""))
      above -= 1;
    return { text, docstring: docstringAt(lines, above), isMember, isOfPort };
  });
}

function docstringAt(lines: readonly string[], end: number): string {
  if (!lines[end]?.trim().endsWith("*/")) return "";
  const start = lines.findLastIndex((text, at) => at <= end && text.includes("/**"));
  return lines.slice(start, end + 1).join("\n");
}

const isExport = ({ text }: Line): boolean =>
  functions.test(text) || classes.test(text) || interfaces.test(text);
const isAny = (line: Line): boolean =>
  isExport(line) || others.test(line.text) || (line.isMember && methods.test(line.text));

const isTypeOrMethod = (line: Line): boolean =>
  isExport(line) ||
  types.test(line.text) ||
  (line.isMember && !line.isOfPort && methods.test(line.text));

/** Two docstrings one above the other: only the lower one belongs to what follows. */
const stacked = /\*\/\n[ \t]*\/\*\*/u;

/** The lines of a source that need a docstring and have none. */
function findBare(source: string, needs: (line: Line) => boolean): readonly string[] {
  return linesOf(source)
    .filter((line) => needs(line) && line.docstring === "")
    .map(({ text }) => text.trim());
}

/** The lines of a function below its first one, as far as they run when it is called. */
function bodyOf(lines: readonly Line[], start: number): readonly string[] {
  const rest = lines.slice(start + 1).map(({ text }) => text);
  const end = rest.findIndex((text) => /^[^\s})\]]/u.test(text));
  let skipped: string | undefined;
  return rest.slice(0, end < 0 ? undefined : end).filter((text) => {
    const indent = /^\s*/u.exec(text)?.[0] ?? "";
    if (skipped !== undefined) {
      if (indent === skipped && text.startsWith(`${indent}}`)) skipped = undefined;
      return false;
    }
    if (indent !== "" && inner.test(text)) skipped = indent;
    return skipped === undefined;
  });
}

/** The exported functions of a source that throw, while their docstring does not say so. */
function findSilent(source: string): readonly string[] {
  const lines = linesOf(source);
  return lines
    .filter(({ text, docstring }, at) => {
      if (!functions.test(text) || docstring.includes("@throws")) return false;
      return [text, ...bodyOf(lines, at)].some((one) => throwing.test(one));
    })
    .map(({ text }) => text.trim());
}

const findIn = (paths: readonly string[], find: (source: string) => readonly string[]) =>
  paths
    .map((path) => ({ path, found: find(readFileSync(`${root}/${path}`, "utf8")) }))
    .filter(({ found }) => found.length > 0);

const bareIn = (paths: readonly string[], needs: (line: Line) => boolean) =>
  findIn(paths, (source) => findBare(source, needs));

test("every exported function, class and interface says what it promises", () => {
  const paths = code.filter((path) => !exempt.test(path));
  expect(paths.length).toBeGreaterThan(400);
  expect(bareIn(paths, isExport)).toEqual([]);
});

test("every exported function that throws says what and when", () => {
  const paths = code.filter((path) => !exempt.test(path));
  expect(findIn(paths, findSilent)).toEqual([]);
});

test("in the product's own layers every export and every method says what it promises", () => {
  const paths = code.filter((path) => thorough.test(path));
  expect(paths.length).toBeGreaterThan(150);
  expect(bareIn(paths, isAny)).toEqual([]);
});

test("in db and gateways so does every exported type, and every method that no port describes", () => {
  const paths = code.filter((path) => typed.test(path) && !exempt.test(path));
  expect(paths.length).toBeGreaterThan(120);
  expect(bareIn(paths, isTypeOrMethod)).toEqual([]);
});

test("a docstring describes what follows it, not another docstring", () => {
  expect(stacked.test("/** Of nothing. */\n/**\n * Of x.\n */\nexport const x = 1;\n")).toBe(true);
  const paths = code.filter((path) => path !== "test/docstrings.test.ts");
  expect(paths.filter((path) => stacked.test(readFileSync(`${root}/${path}`, "utf8")))).toEqual([]);
});

test("what has no docstring is found", () => {
  const source = `
export interface Port {
  ask(question: string): Promise<string>;
  /** Described. */
  end(): void;
}

/** Described. */
export class Adapter {
  constructor(readonly port: Port) {}
  async ask<Answer>(): Promise<Answer> {}
  get size(): number {}
}

/** Described. */
export class Double implements Port {
  ask(): Promise<string> {}
}

/** Described. */
// oxlint-disable-next-line no-console
export const log = (text: string) => console.log(text);
export const mostMs = 5;
export type Id = string;
export async function run(): Promise<void> {}
`;
  expect(findBare(source, isExport)).toEqual([
    "export interface Port {",
    "export async function run(): Promise<void> {}",
  ]);
  expect(findBare(source, isTypeOrMethod)).toEqual([
    "export interface Port {",
    "ask(question: string): Promise<string>;",
    "async ask<Answer>(): Promise<Answer> {}",
    "get size(): number {}",
    "export type Id = string;",
    "export async function run(): Promise<void> {}",
  ]);
  expect(findBare(source, isAny)).toEqual([
    "export interface Port {",
    "ask(question: string): Promise<string>;",
    "async ask<Answer>(): Promise<Answer> {}",
    "get size(): number {}",
    "ask(): Promise<string> {}",
    "export const mostMs = 5;",
    "export type Id = string;",
    "export async function run(): Promise<void> {}",
  ]);
});

test("what throws and does not say so is found", () => {
  const source = `
/** Described. */
export function parse(
  text: string,
): number {
  const given = read(text);

  if (given === undefined) {
    throw new RangeError("it is not a number");
  }
  return given;
}

/** Described. @throws RangeError when it is not one. */
export const check = (text: string): number => {
  throw badRequest("no");
};

/** Described. */
export const refuse = async (text: string): Promise<never> => {
  throw badRequest("no");
};

/** What it returns throws, and it does not. */
export function asRefusal(): () => never {
  return () => {
    throw new Error("no");
  };
}

/** Passes on what it has caught. */
export function pass(): void {
  try {
    run();
  } catch (error) {
    throw error;
  }
}

function own(): never {
  throw new Error("no");
}
`;
  expect(findSilent(source)).toEqual([
    "export function parse(",
    "export const refuse = async (text: string): Promise<never> => {",
  ]);
});
