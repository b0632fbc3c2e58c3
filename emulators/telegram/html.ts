import type { MessageEntity } from "./bot-api.ts";
import { cannotParse, type Formatted } from "./formatted.ts";
import { linkEntity } from "./link-entity.ts";

const kinds: Readonly<Record<string, string>> = {
  a: "text_link",
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  u: "underline",
  ins: "underline",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  "tg-emoji": "custom_emoji",
  pre: "pre",
  code: "code",
  blockquote: "blockquote",
};

interface Open {
  readonly tag: string;
  readonly argument: string;
  readonly offset: number;
}

/**
 * Telegram's HTML subset. @throws Refusal 400 that names the broken tag and its byte offset, as the
 * real server does (tdlib, parse_html).
 */
export function parseHtml(source: string): Formatted {
  const state: State = { source, at: 0, text: "", open: [], entities: [] };
  while (state.at < source.length) {
    const char = source.charAt(state.at);
    if (char === "&") state.text += takeCharacter(state);
    else if (char !== "<") {
      state.text += char;
      state.at += 1;
    } else if (source[state.at + 1] === "/") closeTag(state);
    else openTag(state);
  }
  const left = state.open.at(-1);
  if (left) throw cannotParse(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return { text: state.text, entities: state.entities };
}

interface State {
  readonly source: string;
  readonly open: Open[];
  readonly entities: MessageEntity[];
  at: number;
  text: string;
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const reference = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));?/iu;

/** The character a reference stands for; anything else stays as it is. */
function takeCharacter(state: State): string {
  const [whole, hex, decimal, name] =
    reference.exec(state.source.slice(state.at, state.at + 16)) ?? [];
  const code = hex ? Number.parseInt(hex, 16) : Number(decimal ?? 0);
  const known = name === undefined ? character(code) : named[name];
  state.at += known === undefined ? 1 : (whole ?? "&").length;
  return known ?? "&";
}

const character = (code: number): string | undefined =>
  code > 0 && code < 0x10_ffff ? String.fromCodePoint(code) : undefined;

const decode = (value: string): string => {
  const state: State = { source: value, at: 0, text: "", open: [], entities: [] };
  while (state.at < value.length) {
    if (value[state.at] === "&") state.text += takeCharacter(state);
    else state.text += value.charAt(state.at++);
  }
  return state.text;
};

const byteOffset = (state: State, at: number): number =>
  Buffer.byteLength(state.source.slice(0, at));

function openTag(state: State): void {
  const begin = state.at;
  const where = `at byte offset ${byteOffset(state, begin)}`;
  const name = /^[^\s>]*/u.exec(state.source.slice(begin + 1))?.[0] ?? "";
  state.at = begin + 1 + name.length;
  if (state.at >= state.source.length) throw cannotParse(`Unclosed start tag ${where}`);
  const tag = name.toLowerCase();
  if (!Object.hasOwn(kinds, tag)) throw cannotParse(`Unsupported start tag "${tag}" ${where}`);
  const attributes = takeAttributes(state, tag, where);
  const argument = argumentOf(tag, attributes);
  if (tag === "span" && argument !== "spoiler") {
    throw cannotParse(`Tag "span" must have class "tg-spoiler" ${where}`);
  }
  state.open.push({ tag, argument, offset: state.text.length });
}

/** Leaves the state behind the `>`. */
function takeAttributes(state: State, tag: string, where: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (;;) {
    skipSpace(state);
    if (state.at >= state.source.length) throw cannotParse(`Unclosed start tag ${where}`);
    if (state.source[state.at] === ">") break;
    const name = take(state, /^[^\s=>]*/u);
    if (name === "") throw cannotParse(`Empty attribute name in the tag "${tag}" ${where}`);
    skipSpace(state);
    if (state.source[state.at] === "=") attributes.set(name, takeValue(state, tag, where));
    else if (tag === "blockquote" && name === "expandable") attributes.set(name, name);
    else {
      throw cannotParse(
        `Expected equal sign in declaration of an attribute of the tag "${tag}" ${where}`,
      );
    }
  }
  state.at += 1;
  return attributes;
}

function takeValue(state: State, tag: string, where: string): string {
  state.at += 1;
  skipSpace(state);
  const quote = state.source[state.at];
  if (quote === undefined) throw cannotParse(`Unclosed start tag "${tag}" ${where}`);
  if (quote !== '"' && quote !== "'") {
    const begin = state.at;
    const token = take(state, /^[a-z0-9.-]*/iu);
    if (/^[\s>]$/u.test(state.source[state.at] ?? "")) return token.toLowerCase();
    throw cannotParse(`Unexpected end of name token at byte offset ${byteOffset(state, begin)}`);
  }
  const end = state.source.indexOf(quote, state.at + 1);
  if (end < 0) throw cannotParse(`Unclosed start tag ${where}`);
  const value = state.source.slice(state.at + 1, end);
  state.at = end + 1;
  return decode(value);
}

function take(state: State, pattern: RegExp): string {
  const taken = pattern.exec(state.source.slice(state.at))?.[0] ?? "";
  state.at += taken.length;
  return taken;
}

const skipSpace = (state: State): void => void take(state, /^\s*/u);

function argumentOf(tag: string, attributes: ReadonlyMap<string, string>): string {
  const name = attributes.get("class") ?? "";
  if (tag === "a") return attributes.get("href") ?? "";
  if (tag === "code" && name.startsWith("language-")) return name.slice("language-".length);
  if (tag === "span" && name.startsWith("tg-")) return name.slice("tg-".length);
  if (tag === "tg-emoji") return attributes.get("emoji-id") ?? "";
  return attributes.get("expandable") ?? "";
}

function closeTag(state: State): void {
  const begin = state.at;
  const where = `at byte offset ${byteOffset(state, begin)}`;
  const opened = state.open.pop();
  if (opened === undefined) throw cannotParse(`Unexpected end tag ${where}`);
  state.at += 2;
  const name = take(state, /^[^\s>]*/u).toLowerCase();
  skipSpace(state);
  if (state.source[state.at] !== ">") throw cannotParse(`Unclosed end tag ${where}`);
  state.at += 1;
  if (name !== "" && name !== opened.tag) {
    throw cannotParse(
      `Unmatched end tag ${where}, expected "</${opened.tag}>", found "</${name}>"`,
    );
  }
  if (state.text.length > opened.offset) addEntity(state, opened);
}

function addEntity(state: State, { tag, argument, offset }: Open): void {
  const range = { offset, length: state.text.length - offset };
  const type = kinds[tag] ?? tag;
  const last = state.entities.at(-1);
  if (tag === "a") {
    const link = linkEntity(argument || state.text.slice(offset), range);
    if (link) state.entities.push(link);
  } else if (tag === "tg-emoji") {
    if (!/^[1-9]\d*$/u.test(argument)) throw cannotParse(invalidEmoji);
    state.entities.push({ type, ...range, custom_emoji_id: argument });
  } else if (tag === "pre" && isSameCode(last, range)) {
    state.entities[state.entities.length - 1] = { ...last, type: "pre" };
  } else if (tag === "blockquote" && argument === "expandable") {
    state.entities.push({ type: "expandable_blockquote", ...range });
  } else {
    state.entities.push({
      type,
      ...range,
      ...(tag === "code" && argument && languageOf(state, argument)),
    });
  }
}

const invalidEmoji = "Invalid custom emoji identifier specified";

/** A language counts only inside `<pre>`; a lone `<code class=…>` is plain code. */
function languageOf(state: State, language: string): { language?: string } {
  return state.open.at(-1)?.tag === "pre" ? { language } : {};
}

function isSameCode(
  last: MessageEntity | undefined,
  range: { offset: number; length: number },
): last is MessageEntity {
  return (
    last?.type === "code" &&
    last.language !== undefined &&
    last.offset === range.offset &&
    last.length === range.length
  );
}
