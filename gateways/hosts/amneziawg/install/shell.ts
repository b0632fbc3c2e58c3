/** A word as a shell reads it back, whatever is in it but for a NUL. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Writes these lines to a file, for whoever comes by afterwards either the old one or all of it. */
export const writeFile = (path: string, mode: string, lines: readonly string[]): string[] => [
  `printf '%s\\n' ${lines.map(quote).join(" ")} >${quote(`${path}.new`)}`,
  `chmod ${mode} ${quote(`${path}.new`)}`,
  `mv ${quote(`${path}.new`)} ${quote(path)}`,
];

/** Whether a file has exactly these lines and this mode. */
export const hasFile = (path: string, mode: string, lines: readonly string[]): string =>
  `printf '%s\\n' ${lines.map(quote).join(" ")} | cmp -s - ${quote(path)}` +
  ` && test "$(stat -c %a ${quote(path)})" = ${mode}`;
