import { HttpError } from "../kit/http.ts";
import { type Message, nowSeconds } from "./bot-api.ts";
import { showToBot } from "./chats.ts";
import type { Person } from "./people.ts";
import type { State } from "./state.ts";

/**
 * Somebody changes the words of a message of theirs, and the bot learns it.
 * @throws HttpError 400 where it is not theirs, or has no words
 * @see https://core.telegram.org/bots/api#update
 */
export function editMessage(
  state: State,
  known: Message | undefined,
  { from, text }: { readonly from: Pick<Person, "id">; readonly text: string },
): Message {
  if (known?.from.id !== from.id) throw new HttpError(400, `${from.id} has no such message`);
  if (known.text === undefined && known.caption === undefined) {
    throw new HttpError(400, `message ${known.message_id} has no words`);
  }
  const words = known.text === undefined ? { caption: text } : { text };
  const message = state.chats.replace({ ...known, ...words, edit_date: nowSeconds() });
  state.queueForBot({ edited_message: showToBot(message) }, known.chat.id);
  return message;
}
