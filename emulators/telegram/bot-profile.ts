import type { Person } from "./people.ts";
import type { State } from "./state.ts";

/** What a person's app shows of the bot, in the person's language where the bot speaks it. */
export interface BotProfile {
  /** Its name in links: `t.me/<username>`. */
  readonly username: string;
  readonly name: string;
  /** Stands in the chat before Start is pressed. */
  readonly description: string;
  /** Stands on the bot's page. */
  readonly short_description: string;
}

type Text = Exclude<keyof BotProfile, "username">;

/** The bot as this person's app shows it. */
export function profileShownTo(state: State, { language_code }: Person): BotProfile {
  const written = (field: Text, language: string): string =>
    (state.settings.get(`${field}/${language}`) as string | undefined) ?? "";
  const text = (field: Text): string => written(field, language_code) || written(field, "");
  return {
    username: state.bot.username ?? "",
    name: text("name") || state.bot.first_name,
    description: text("description"),
    short_description: text("short_description"),
  };
}
