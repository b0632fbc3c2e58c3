import { type ChannelCheck, channelName, type RequiredChannel } from "../domain/people/channels.ts";
import { escapeHtml, type Texts } from "./index.ts";

/** The longest name in a button: with its sign it has 30 characters. */
const longestLabel = 27;

/** A button for each channel, which opens it. Those without a name are counted. */
export const joinButtons = (texts: Texts, channels: readonly RequiredChannel[]) =>
  channels.map((channel, place) => {
    const name = channelName(channel);
    const count = channels.length === 1 ? 0 : place + 1;
    const text = name === undefined ? texts.people.channels.open(count) : `📢 ${fit(name)}`;
    return { text, url: channel.url };
  });

const fit = (name: string): string =>
  name.length <= longestLabel ? name : `${name.slice(0, longestLabel - 1)}…`;

/** Channels as a sentence names them, safe for HTML. */
export function channelsByName(texts: Texts, channels: readonly RequiredChannel[]): string {
  const names = channels.map(channelName);
  const known = names.every((name) => name !== undefined) ? names : [];
  return texts.people.channels.named(known.map(escapeHtml));
}

/** Whether the bot can see who is in a channel, and what to do where it cannot. */
export function channelCheckLine(texts: Texts, check: ChannelCheck): string {
  const say = texts.operations.settings.channelChecks;
  const channel = escapeHtml(check.chat);
  switch (check.kind) {
    case "ready":
    case "notAdmin":
    case "unchecked":
      return say[check.kind](channel);
    case "unknown":
      return say.unknown(channel, escapeHtml(check.reason));
  }
}
