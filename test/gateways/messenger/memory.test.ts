import { telegramId } from "../../../domain/ids.ts";
import { MemoryMessenger } from "../../../gateways/messenger/memory.ts";
import type { Message } from "../../../gateways/messenger/port.ts";
import { messengerContract, type ShownMessage } from "./contract.ts";

/** The visible text of Telegram's HTML. */
const shown = (html: string) =>
  html
    .replaceAll(/<[^>]+>/gu, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

function readShown(messageId: number, message: Message): ShownMessage {
  switch (message.kind) {
    case "text": {
      const { html, keyboard } = message;
      return { messageId, words: shown(html), ...(keyboard ? { keyboard } : {}) };
    }
    case "document": {
      const { fileName, content, captionHtml = "" } = message;
      return { messageId, words: shown(captionHtml), fileName, content };
    }
    case "qr":
      return { messageId, words: shown(message.captionHtml ?? ""), qr: message.text };
    case "sentFile": {
      const { fileId, captionHtml = "" } = message;
      return { messageId, words: shown(captionHtml), fileName: fileId };
    }
    case "topic":
    case "topicState":
      return { messageId };
  }
}

messengerContract("memory", async () => {
  const messenger = new MemoryMessenger();
  let last = 0;
  return {
    messenger,
    memberships: messenger,
    openChannel: async (channel, own) => messenger.openChannel(channel, own),
    setMembership: async (...of) => messenger.setMembership(...of),
    meet: async () => telegramId((last += 1)),
    block: async (person) => messenger.block(person),
    unblock: async (person) => messenger.unblock(person),
    deleteMessage: async (person, messageId) => messenger.delete(person, messageId),
    sees: async (person) =>
      messenger.chat(person).map(({ messageId, message }) => readShown(messageId, message)),
  };
});
