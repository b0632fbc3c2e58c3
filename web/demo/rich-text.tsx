import { type ReactNode, useState } from "react";
import { useNotify } from "../ui/toast.tsx";
import { ChatLink } from "./chat-links.tsx";
import { type Piece, pieces } from "./entities.ts";
import type { Entity } from "./wire.ts";

interface RichTextProps {
  readonly text: string;
  readonly entities: readonly Entity[] | undefined;
  /** What a click on a command in the text does. */
  readonly onCommand: (command: string) => void;
  /** Stands behind the last line, in it where there is room. */
  readonly children: ReactNode;
}

/** A message's text with its markup, made of elements alone: nothing in it is read as HTML. */
export function RichText({ text, entities, onCommand, children }: RichTextProps) {
  return (
    <div className="flow-root wrap-anywhere whitespace-pre-wrap">
      <div className="inline">
        <Pieces list={pieces(text, entities ?? [])} onCommand={onCommand} />
      </div>
      {children}
    </div>
  );
}

interface PiecesProps {
  readonly list: readonly Piece[];
  readonly onCommand: (command: string) => void;
}

function Pieces({ list, onCommand }: PiecesProps) {
  return list.map((piece, index) =>
    piece.kind === "plain" ? (
      afterBlock(piece.text, list[index - 1])
    ) : (
      <Marked key={piece.at} piece={piece} onCommand={onCommand} />
    ),
  );
}

const blocks = new Set(["pre", "blockquote", "expandable_blockquote"]);

/**
 * A block ends its line by itself, so the line break that follows it in the text is one too many.
 */
function afterBlock(text: string, before: Piece | undefined): string {
  const isBlock = before?.kind === "marked" && blocks.has(before.entity.type);
  return isBlock ? text.replace(/^\n/u, "") : text;
}

interface MarkedProps {
  readonly piece: Extract<Piece, { kind: "marked" }>;
  readonly onCommand: (command: string) => void;
}

/** About three lines of a bubble. */
const foldedLength = 150;
const quoteClass = "border-l-3 border-accent pl-3";
const linkClass = "text-accent underline underline-offset-2";

/** Kinds as core.telegram.org/bots/api#messageentity lists them; new ones show as plain text. */
function Marked({ piece, onCommand }: MarkedProps) {
  const { entity, text } = piece;
  const inside = <Pieces list={piece.inside} onCommand={onCommand} />;
  switch (entity.type) {
    case "bold":
      return <strong className="font-semibold">{inside}</strong>;
    case "italic":
      return <em>{inside}</em>;
    case "underline":
      return <u>{inside}</u>;
    case "strikethrough":
      return <s>{inside}</s>;
    case "expandable_blockquote":
      return <FoldedQuote long={text.length > foldedLength}>{inside}</FoldedQuote>;
    case "blockquote":
      return <blockquote className={quoteClass}>{inside}</blockquote>;
    case "spoiler":
      return <Spoiler>{inside}</Spoiler>;
    case "code":
      return <Code text={text} />;
    case "pre":
      return <Preformatted text={text} />;
    case "text_link":
      return <Link href={entity.url ?? ""}>{inside}</Link>;
    case "url":
      return <Link href={text}>{inside}</Link>;
    case "email":
      return <Link href={`mailto:${text}`}>{inside}</Link>;
    case "mention":
    case "text_mention":
    case "hashtag":
    case "phone_number":
      return <span className="text-accent">{inside}</span>;
    case "bot_command":
      return (
        <button type="button" className={linkClass} onClick={() => onCommand(text)}>
          {text}
        </button>
      );
    default:
      return inside;
  }
}

function Link({ href, children }: { href: string; children: ReactNode }) {
  return (
    <ChatLink link={href} className={linkClass} otherwise={children}>
      {children}
    </ChatLink>
  );
}

/** As in Telegram, a press on code copies it. */
function Code({ text }: { text: string }) {
  const copy = useCopy();
  return (
    <button
      type="button"
      title="Copy"
      aria-label={`Copy ${text.slice(0, 40)}`}
      onClick={() => copy(text)}
      className="rounded bg-code px-1 text-left font-mono text-[0.9em] text-foreground"
    >
      {text}
    </button>
  );
}

function Preformatted({ text }: { text: string }) {
  const copy = useCopy();
  return (
    <span className="my-1 block overflow-hidden rounded-lg bg-code text-foreground">
      <button
        type="button"
        onClick={() => copy(text)}
        className="block min-h-10 w-full border-b border-line px-3 text-right text-xs text-accent"
      >
        Copy
      </button>
      <code className="block overflow-x-auto px-3 py-2 font-mono text-[0.85em] whitespace-pre">
        {text}
      </code>
    </span>
  );
}

/** A quote that shows its beginning until it is opened. */
function FoldedQuote({ long, children }: { long: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(!long);
  return (
    <blockquote className={quoteClass}>
      <span className={open ? "block" : "block max-h-18 overflow-hidden"}>{children}</span>
      {long && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="min-h-10 text-sm text-accent"
        >
          {open ? "Show less" : "Show all"}
        </button>
      )}
    </blockquote>
  );
}

function Spoiler({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  if (open) return children;
  return (
    <button
      type="button"
      aria-label="Show hidden text"
      onClick={() => setOpen(true)}
      className="rounded bg-muted text-transparent select-none"
    >
      {children}
    </button>
  );
}

/** Puts a text on the clipboard and says so, or what to do where the browser forbids it. */
export function useCopy(): (text: string) => void {
  const notify = useNotify();
  return (text) =>
    void navigator.clipboard.writeText(text).then(
      () => notify("Copied to the clipboard."),
      () => notify("The browser did not allow copying. Select the text by hand.", "destructive"),
    );
}
