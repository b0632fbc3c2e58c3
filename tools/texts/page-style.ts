/** How the catalogue looks: a phone's chat, 360 px wide, in the theme of the reader's system. */
export const pageStyle = `
:root { color-scheme: light dark;
  --page: light-dark(#f4f4f7, #0e1621); --ink: light-dark(#111, #f1f1f1);
  --wall: light-dark(#cfdfc5, #0e1621); --bubble: light-dark(#fff, #182533);
  --button: light-dark(#5a7a55b0, #2b3d50); --dim: light-dark(#6b7680, #8a99a8);
  --code: light-dark(#8a2f52, #7ec5ff); --long: #d92c2c; }
:root[data-theme="light"] { color-scheme: light }
:root[data-theme="dark"] { color-scheme: dark }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.35 system-ui, "Segoe UI", Roboto, "DejaVu Sans", "Noto Color Emoji", sans-serif }
header, main { max-width: 800px; margin: auto; padding: 0 15px }
h1 { font-size: 22px } h2 { font-size: 19px; margin: 30px 0 8px }
h3 { font-size: 12px; font-weight: 500; color: var(--dim); margin: 14px 0 4px;
  overflow-wrap: anywhere }
nav { display: flex; flex-wrap: wrap; gap: 6px 14px }
a { color: light-dark(#2a6fc9, #6ab3f3) } small { color: var(--dim) }
.pair { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }
.chat { flex: 1 1 340px; max-width: 380px; min-width: 0; background: var(--wall);
  border-radius: 12px; padding: 8px; display: grid; gap: 3px; justify-items: start }
.bubble { background: var(--bubble); border-radius: 14px; padding: 7px 11px 6px; max-width: 94%;
  white-space: pre-wrap; overflow-wrap: anywhere }
.bubble code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; color: var(--code) }
.bubble blockquote { margin: 4px 0 0; padding: 4px 8px; border-left: 3px solid #4c9be8 }
.count { float: right; margin: 6px 0 0 12px; font-size: 11px; font-style: normal;
  color: var(--dim) }
.long { color: #fff !important; background: var(--long) !important; border-radius: 4px;
  padding: 0 4px }
.file { display: block; font-weight: 600; margin-bottom: 3px }
.toast, .alert { justify-self: center; background: #000c; color: #fff; font-size: 14px }
.alert { background: var(--bubble); color: var(--ink); border: 2px solid #4c9be8 }
.alert::before { content: "alert"; display: block; font-size: 11px; color: var(--dim) }
.field { border-radius: 18px; color: var(--dim); width: 100%; max-width: 100% }
.keyboard { width: 94%; display: grid; gap: 3px }
.row { display: flex; gap: 3px }
.button { flex: 1 1 0; min-width: 0; background: var(--button); color: #fff; border-radius: 8px;
  padding: 8px 4px; text-align: center; font-size: 14px; font-weight: 500; white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis }
.button.link::after { content: " ↗"; font-size: 11px }
:root[data-language] .pair { display: block }
:root[data-language="en"] .chat:not([data-language="en"]),
:root[data-language="ru"] .chat:not([data-language="ru"]) { display: none }
`;

/** `?language=ru&theme=dark` shows one language, or one theme. */
export const pageScript = `
const asked = new URLSearchParams(location.search);
for (const name of ["language", "theme"]) {
  const value = asked.get(name);
  if (value) document.documentElement.dataset[name] = value;
}
`;
