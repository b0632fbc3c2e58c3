import type { MessageEntity } from "./bot-api.ts";
import { parseHttpUrl } from "./link.ts";

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** A link, or a mention of a person by `tg://user?id=`; undefined when Telegram would drop it. */
export function linkEntity(url: string, range: Range): MessageEntity | undefined {
  const person = /^tg:(?:\/\/)?user\?id=(\d+)/iu.exec(url)?.[1];
  if (person !== undefined) {
    const user = { id: Number(person), is_bot: false, first_name: "" };
    return { type: "text_mention", ...range, user };
  }
  const checked = parseHttpUrl(url);
  return checked === undefined ? undefined : { type: "text_link", ...range, url: checked };
}
