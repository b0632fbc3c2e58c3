import { isolated } from "./html.ts";

const mostNamed = 5;

/** The first devices by their names, and how many more there are. */
export function namedDevices(names: readonly string[]): string {
  const named = names.slice(0, mostNamed).map(isolated);
  const more = names.length - named.length;
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(", ");
}
