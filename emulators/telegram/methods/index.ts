import { aboutBot } from "./about-bot.ts";
import { asking } from "./asking.ts";
import { editing } from "./editing.ts";
import type { Method, Methods } from "./method.ts";
import { paying } from "./paying.ts";
import { receiving } from "./receiving.ts";
import { sending } from "./sending.ts";

const all: Methods = { ...aboutBot, ...asking, ...editing, ...paying, ...receiving, ...sending };

const byName = new Map(
  Object.entries(all).map(([name, run]) => [name.toLowerCase(), { name, run }]),
);

/** Telegram does not mind the case of a method's name. */
export function findMethod(name: string): { name: string; run: Method } | undefined {
  return byName.get(name.toLowerCase());
}
