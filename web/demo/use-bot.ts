import { useCallback, useState } from "react";
import { fetchBot } from "./telegram.ts";
import type { BotProfile } from "./wire.ts";

/**
 * The bot as this person's app shows it, undefined until it is known, and how to ask for it: a bot
 * may rename itself at any time.
 */
export function useBot(person: number): readonly [BotProfile | undefined, () => void] {
  const [bot, setBot] = useState<BotProfile | undefined>(undefined);
  const refresh = useCallback(
    () =>
      void fetchBot(person).then(setBot, () => {
        // The chat says that Telegram is away; the name that is known stays.
      }),
    [person],
  );
  return [bot, refresh];
}
