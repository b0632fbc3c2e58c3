const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in an element or in a quoted attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/gu, (character) => entities[character] ?? "");

const style = `
  :root { color-scheme: light dark; --ink: #14181f; --soft: #5c6675; --back: #eef1f5;
    --card: #fff; --line: #d5dbe3; --main: #0b66c3; --on-main: #fff; --good: #0f7a43; }
  @media (prefers-color-scheme: dark) { :root { --ink: #eef1f5; --soft: #a3adbb;
    --back: #11151b; --card: #1b212a; --line: #333c49; --main: #6db3ff; --on-main: #06203d;
    --good: #58d296; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
    background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line);
    border-radius: 16px; padding: 24px; overflow-wrap: anywhere; }
  h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--soft); }
  .amount { margin: 4px 0 12px; font-size: 2rem; font-weight: 700; line-height: 1.2; }
  .note { margin: 16px 0 0; font-size: .875rem; color: var(--soft); }
  .good { color: var(--good); }
  fieldset { margin: 16px 0; padding: 0; border: 0; display: grid; gap: 8px; }
  legend { padding: 0 0 8px; font-weight: 600; }
  fieldset label { display: flex; gap: 12px; align-items: center; min-height: 48px;
    padding: 8px 14px; border: 1px solid var(--line); border-radius: 12px; cursor: pointer; }
  fieldset label:has(:checked) { border-color: var(--main); }
  fieldset label span:last-child { margin-left: auto; color: var(--soft); }
  input[type=radio] { width: 20px; height: 20px; margin: 0; accent-color: var(--main); }
  button, .button { display: block; width: 100%; min-height: 48px; margin-top: 16px;
    padding: 12px; border: 0; border-radius: 12px; background: var(--main);
    color: var(--on-main); font: inherit; font-weight: 600; text-align: center;
    text-decoration: none; cursor: pointer; }
  :focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
`;

/** A whole page around `content`, which must be escaped already. Works on a phone, without script. */
export const document = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${content}
<p class="note">This is an emulated payment: no money moves.</p>
</main>
</body>
</html>
`;
