const longestShown = 40;

/**
 * Cuts a name to `longest` characters, so that a page of many fits one message and its keyboard.
 */
export function truncate(name: string, longest = longestShown): string {
  const characters = Array.from(name);
  if (characters.length <= longest) return name;
  return `${characters.slice(0, longest - 1).join("")}…`;
}
