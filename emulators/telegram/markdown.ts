import type { MessageEntity } from "./bot-api.ts";
import { cannotParse, type Formatted } from "./formatted.ts";
import { linkEntity } from "./link-entity.ts";

interface Style {
  readonly mark: string;
  readonly type: string;
  readonly name: string;
}

/** Longer marks first: `__` is not two `_`. */
const styles: readonly Style[] = [
  { mark: "||", type: "spoiler", name: "Spoiler" },
  { mark: "__", type: "underline", name: "Underline" },
  { mark: "*", type: "bold", name: "Bold" },
  { mark: "_", type: "italic", name: "Italic" },
  { mark: "~", type: "strikethrough", name: "Strikethrough" },
  { mark: "![", type: "custom_emoji", name: "CustomEmoji" },
  { mark: "[", type: "text_link", name: "TextUrl" },
];
const reserved = "[]()>#+-=|{}.!";

interface Open {
  readonly style: Style;
  readonly offset: number;
  readonly at: number;
}

interface State {
  readonly source: string;
  readonly open: Open[];
  readonly entities: MessageEntity[];
  at: number;
  text: string;
  startsLine: boolean;
  quote: { readonly offset: number; type: string } | undefined;
}

/** MarkdownV2. @throws Refusal 400 in the real server's words (tdlib, parse_markdown_v2). */
export function parseMarkdownV2(source: string): Formatted {
  const begin = { at: 0, text: "", startsLine: true, quote: undefined };
  const state: State = { source, open: [], entities: [], ...begin };
  while (state.at < source.length) step(state);
  endQuote(state);
  const left = state.open.at(-1);
  if (left) throw unendedError(state, left.style.name, left.at);
  return { text: state.text, entities: state.entities };
}

const bytesBefore = ({ source }: State, at: number): number =>
  Buffer.byteLength(source.slice(0, at));

const unendedError = (state: State, name: string, at: number) =>
  cannotParse(`Can't find end of ${name} entity at byte offset ${bytesBefore(state, at)}`);

function step(state: State): void {
  const startsLine = state.startsLine;
  state.startsLine = false;
  if (startsLine && takeQuoteMark(state)) return;
  const escaped = /^\\([ -~\t\r\n])/u.exec(state.source.slice(state.at, state.at + 2))?.[1];
  const code = /^`(?:``)?/u.exec(state.source.slice(state.at, state.at + 3))?.[0];
  if (escaped !== undefined) {
    state.text += escaped;
    state.at += 2;
  } else if (code !== undefined) takeCode(state, code);
  else if (state.source[state.at] === "]" && isLink(state.open.at(-1))) closeLink(state);
  else if (!takeStyle(state)) takeCharacter(state);
}

/** A line without a mark ends the quote before it. */
function takeQuoteMark(state: State): boolean {
  const mark = /^(?:\*\*)?>/u.exec(state.source.slice(state.at, state.at + 3))?.[0];
  if (mark !== ">") endQuote(state);
  if (mark === undefined) return false;
  state.quote ??= { offset: state.text.length, type: "blockquote" };
  state.at += mark.length;
  return true;
}

function endQuote(state: State): void {
  if (state.quote) add(state, state.quote.type, state.quote.offset);
  state.quote = undefined;
}

function add(state: State, type: string, offset: number, extra: Partial<MessageEntity> = {}): void {
  const length = state.text.length - offset;
  if (length > 0) state.entities.push({ type, offset, length, ...extra });
}

function takeCode(state: State, mark: string): void {
  const begin = state.at;
  const offset = state.text.length;
  const isBlock = mark === "```";
  state.at += mark.length;
  const head = isBlock
    ? /^([^\s`]+)(\r\n|\n\r|\n|\r|(?=\s))/u.exec(state.source.slice(state.at))
    : null;
  state.at += head?.[0].length ?? 0;
  while (!state.source.startsWith(mark, state.at)) {
    if (state.at >= state.source.length) throw unendedError(state, codeName(mark, head), begin);
    if (/^\\[`\\]/u.test(state.source.slice(state.at, state.at + 2))) state.at += 1;
    state.text += state.source.charAt(state.at++);
  }
  state.at += mark.length;
  const language = head?.[1];
  add(state, isBlock ? "pre" : "code", offset, language === undefined ? {} : { language });
}

function codeName(mark: string, head: RegExpExecArray | null): string {
  if (mark === "`") return "Code";
  return head === null ? "Pre" : "PreCode";
}

/** Opens a style, or closes it when it was the last one opened. */
function takeStyle(state: State): boolean {
  const style = styles.find(({ mark }) => state.source.startsWith(mark, state.at));
  if (style === undefined) return false;
  const begin = state.at;
  state.at += style.mark.length;
  const top = state.open.at(-1);
  if (top?.style === style && !isLink(top)) {
    state.open.pop();
    add(state, style.type, top.offset);
  } else if (
    style.mark === "||" &&
    state.quote &&
    /^\r?(?:\n|$)/u.test(state.source.slice(state.at))
  ) {
    state.quote.type = "expandable_blockquote";
  } else {
    state.open.push({ style, offset: state.text.length, at: begin });
  }
  return true;
}

const isLink = (open: Open | undefined): boolean => open?.style.mark.endsWith("[") ?? false;

function closeLink(state: State): void {
  const opened = state.open.pop();
  state.at += 1;
  if (opened === undefined) return;
  const { style, offset } = opened;
  const target = /^\(((?:\\[\s\S]|[^)\\])*)\)/u.exec(state.source.slice(state.at));
  if (target === null && state.source[state.at] === "(") {
    throw cannotParse(`Can't find end of a URL at byte offset ${bytesBefore(state, state.at)}`);
  }
  state.at += target?.[0].length ?? 0;
  const url = target?.[1]?.replaceAll(/\\(.)/gu, "$1") ?? state.text.slice(offset);
  const emoji = /^tg:\/\/emoji\?(?:.*&)?id=(\d+)/iu.exec(url)?.[1];
  if (style.type === "custom_emoji") {
    if (emoji === undefined) throw cannotParse("Custom emoji entity must contain a tg://emoji URL");
    add(state, style.type, offset, { custom_emoji_id: emoji });
  } else {
    const link = linkEntity(url, { offset, length: state.text.length - offset });
    if (link && link.length > 0) state.entities.push(link);
  }
}

function takeCharacter(state: State): void {
  const char = state.source.charAt(state.at);
  if (reserved.includes(char)) {
    const words = "is reserved and must be escaped with the preceding";
    throw cannotParse(`Character '${char}' ${words} '\\'`);
  }
  state.text += char;
  state.at += 1;
  state.startsLine = char === "\n";
}
