import type { Language } from "./languages.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for an element or a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/gu, (character) => entities[character] ?? "");

const style = `
  :root { color-scheme: light dark; --ink: #14181f; --soft: #5c6675; --back: #eef1f5;
    --card: #fff; --line: #d5dbe3; --main: #0b66c3; --on-main: #fff; --good: #0f7a43;
    --bad: #b3261e; }
  @media (prefers-color-scheme: dark) { :root { --ink: #eef1f5; --soft: #a3adbb;
    --back: #11151b; --card: #1b212a; --line: #333c49; --main: #6db3ff; --on-main: #06203d;
    --good: #58d296; --bad: #ff8a80; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
    background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line);
    border-radius: 16px; padding: 24px; overflow-wrap: anywhere; }
  h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--soft); }
  h2 { margin: 16px 0 0; font-size: 1rem; }
  .amount { margin: 4px 0 12px; font-size: 2rem; font-weight: 700; line-height: 1.2; }
  .note { margin: 16px 0 0; font-size: .875rem; color: var(--soft); }
  .said { white-space: pre-line; }
  dl { margin: 12px 0; }
  dt { font-size: .875rem; color: var(--soft); }
  dd { margin: 0 0 8px; }
  .good { color: var(--good); }
  .bad { color: var(--bad); }
  fieldset { margin: 16px 0; padding: 0; border: 0; display: grid; gap: 8px; }
  legend { padding: 0 0 8px; font-weight: 600; }
  fieldset label { display: flex; gap: 12px; align-items: center; min-height: 48px;
    padding: 8px 14px; border: 1px solid var(--line); border-radius: 12px; cursor: pointer; }
  fieldset label:has(:checked) { border-color: var(--main); }
  fieldset label span:last-child { margin-left: auto; color: var(--soft); }
  input[type=radio] { width: 20px; height: 20px; margin: 0; accent-color: var(--main); }
  .field { display: grid; gap: 4px; margin-top: 12px; font-weight: 600; }
  .field input { width: 100%; min-height: 48px; padding: 8px 14px; border: 1px solid var(--line);
    border-radius: 12px; background: var(--back); color: var(--ink); font: inherit; font-weight: 400; }
  details { margin-top: 16px; border-top: 1px solid var(--line); }
  summary { padding: 12px 0; min-height: 48px; font-weight: 600; cursor: pointer; }
  svg { display: block; width: 100%; max-width: 15rem; height: auto; margin: 0 auto; }
  .cards { margin: 0; padding: 0; list-style: none; font-size: .875rem; color: var(--soft); }
  button, .button { display: block; width: 100%; min-height: 48px; margin-top: 16px;
    padding: 12px; border: 0; border-radius: 12px; background: var(--main);
    color: var(--on-main); font: inherit; font-weight: 600; text-align: center;
    text-decoration: none; cursor: pointer; }
  .quiet { background: none; border: 1px solid var(--line); color: var(--ink); }
  :focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
`;

/** A page in words of its language. */
export interface Page {
  readonly language: Language;
  readonly title: string;
  /** Must be escaped already. */
  readonly content: string;
  /** The last line of the page. */
  readonly note: string;
}

/** Works on a phone, by keyboard, without script. */
export const document = ({ language, title, content, note }: Page): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${content}
<p class="note">${escapeHtml(note)}</p>
</main>
</body>
</html>
`;
