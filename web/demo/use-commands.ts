import { useState } from "react";
import { fetchCommands } from "./telegram.ts";
import type { Command } from "./wire.ts";

/** Offered while the bot has not told Telegram its own list. */
const usual: readonly Command[] = [
  { command: "start", description: "Start, or see where things stand" },
  { command: "help", description: "What this bot can do" },
];

/** The commands that the bot offers to this person, and how to ask for them anew. */
export function useCommands(person: number): readonly [readonly Command[], () => void] {
  const [commands, setCommands] = useState(usual);
  const load = () =>
    void fetchCommands(person).then(
      (listed) => listed.length > 0 && setCommands(listed),
      () => undefined,
    );
  return [commands, load];
}
