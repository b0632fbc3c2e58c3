import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { Telegram } from "telegraf";
import { expect, onTestFinished, test } from "vitest";
import { groupId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import type { Message as ApiMessage } from "../../../emulators/telegram/bot-api.ts";
import { startTelegramEmulator } from "../../../emulators/telegram/emulator.ts";
import type { Message } from "../../../gateways/messenger/port.ts";
import { TelegramMessenger } from "../../../gateways/messenger/telegram.ts";
import { Refused, SlowDown } from "../../../gateways/refused.ts";
import { escapeHtml } from "../../../texts/html.ts";
import { freePort } from "../../../tools/servers/ports.ts";
import { openChannel } from "../../drivers/channels.ts";
import { Person, wordsOf } from "../../drivers/person.ts";
import { messengerContract, type MessengerFixture, type ShownMessage } from "./contract.ts";

const token = "123456:TEST-secret_part";

interface TelegramFixture extends MessengerFixture {
  readonly url: string;
  fault(rule: object): Promise<unknown>;
}

async function open(): Promise<TelegramFixture> {
  const { url, close } = await startTelegramEmulator({ port: 0, token });
  onTestFinished(close);
  let last = 5_000;
  const person = (id: number) => new Person(url, id);
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const messenger = new TelegramMessenger(new Telegram(token, { apiRoot: url }));
  const channels = new Map<string, number>();
  return {
    url,
    messenger,
    memberships: messenger,
    openChannel: async (channel, own = "left" as never) => {
      const id = channels.get(channel) ?? -1_001_000_000_000 - channels.size;
      channels.set(channel, id);
      await openChannel({ emulatorUrl: url }, id, { username: channel.slice(1), bot: own });
    },
    setMembership: async (channel, of, membership) => {
      await (membership === "member" ? person(of).join(channel) : person(of).leave(channel));
    },
    fault: (rule) => post("/control/faults", rule),
    meet: async () => {
      await person((last += 1)).send("/start");
      return telegramId(last);
    },
    block: async (of) => void (await person(of).become({ blocked: true })),
    unblock: async (of) => void (await person(of).become({ blocked: false })),
    deleteMessage: async (of, messageId) => {
      await post(`/bot${token}/deleteMessage`, { chat_id: of, message_id: messageId });
    },
    sees: async (of) => {
      const fromBot = (await person(of).chat()).filter(({ from }) => from?.is_bot);
      return Promise.all(fromBot.map((message) => readShown(person(of), message)));
    },
  };
}

async function readShown(person: Person, message: ApiMessage): Promise<ShownMessage> {
  const { message_id: messageId, document, photo, reply_markup: markup } = message;
  const keyboard = markup?.inline_keyboard?.map((row) =>
    row.map(({ text, url, callback_data: data = "" }) => (url ? { text, url } : { text, data })),
  );
  return {
    messageId,
    words: wordsOf(message),
    ...(keyboard ? { keyboard } : {}),
    ...(document
      ? { fileName: document.file_name, content: await person.downloadText(document.file_id) }
      : {}),
    ...(photo ? { qr: read(await person.downloadBytes(photo.at(-1)!.file_id)) } : {}),
  };
}

function read(picture: Buffer): string {
  const { data, width, height } = PNG.sync.read(picture);
  const found = jsQR.default(new Uint8ClampedArray(data), width, height);
  return found === null ? "no QR picture" : Buffer.from(found.binaryData).toString();
}

messengerContract("telegram", open);

const hello = { kind: "text", html: "hello" } as const;
const stranger = telegramId(9_999);

const failureOf = async (attempt: Promise<unknown>): Promise<Error> => {
  const error: unknown = await attempt.then(
    () => new Error("it worked"),
    (reason: unknown) => reason,
  );
  return error as Error;
};

test("a person who never pressed Start, or does not exist, is unreachable", async () => {
  const { messenger, url } = await open();
  await new Person(url, 7_000).become({ first_name: "Shy" });
  expect(await messenger.send(telegramId(7_000), hello)).toEqual({ kind: "unreachable" });
  expect(await messenger.send(stranger, hello)).toEqual({ kind: "unreachable" });
  expect(await messenger.edit(stranger, 1, hello)).toEqual({ kind: "unreachable" });
});

test("429 is a wait, as long as Telegram asks", async () => {
  const { messenger, meet, fault } = await open();
  const eve = await meet();
  await fault({ kind: "429", method: "sendMessage", retry_after: 17, times: 1 });
  const failure = await failureOf(messenger.send(eve, hello));
  expect(failure).toBeInstanceOf(SlowDown);
  expect((failure as SlowDown).retryAfterMs).toBe(17_000);
});

test.each(["500", "502", "drop-connection", "timeout-after-success"])(
  "%s is an outage, which is tried again",
  async (kind) => {
    const { messenger, meet, fault } = await open();
    const eve = await meet();
    await fault({ kind, method: "sendMessage", hold_ms: 20, times: 1 });
    const failure = await failureOf(messenger.send(eve, hello));
    expect([failure.constructor, failure.name]).toEqual([Error, "Error"]);
    expect(await messenger.send(eve, hello)).toMatchObject({ kind: "sent" });
  },
);

test("a message that Telegram cannot take is refused, with what was wrong", async () => {
  const { messenger, meet } = await open();
  const eve = await meet();
  for (const html of ["", "x".repeat(4_097), "<b>open", "<script>x</script>"]) {
    const failure = await failureOf(messenger.send(eve, { kind: "text", html }));
    expect(failure).toBeInstanceOf(Refused);
    expect(failure.message).toMatch(/^Telegram sendMessage: 400 Bad Request/u);
  }
  const long = { text: "x", data: "x".repeat(65) };
  const failure = await failureOf(messenger.send(eve, { ...hello, keyboard: [[long]] }));
  expect(failure).toBeInstanceOf(Refused);
});

test("a text too long for a QR picture is refused", async () => {
  const { messenger, meet } = await open();
  const eve = await meet();
  const failure = await failureOf(messenger.send(eve, { kind: "qr", text: "x".repeat(3_000) }));
  expect(failure).toBeInstanceOf(Refused);
});

test("a wrong token is an outage, so no message is lost", async () => {
  const { url } = await open();
  for (const wrong of ["123456:WRONG", "nonsense"]) {
    const messenger = new TelegramMessenger(new Telegram(wrong, { apiRoot: url }));
    const failure = await failureOf(messenger.send(stranger, hello));
    expect(failure).not.toBeInstanceOf(Refused);
    expect(failure.message).not.toContain(wrong);
  }
});

test("no error contains the token, whatever fails", async () => {
  const deaf = createServer((_request, response) => response.destroy()).listen(0, "127.0.0.1");
  onTestFinished(() => void deaf.close());
  const html = createServer((_request, response) => response.end("<h1>hello</h1>"));
  html.listen(0, "127.0.0.1");
  onTestFinished(() => void html.close());
  const portOf = (server: typeof deaf) => (server.address() as AddressInfo).port;
  const roots = [
    `http://127.0.0.1:${await freePort()}`,
    `http://127.0.0.1:${portOf(deaf)}`,
    `http://127.0.0.1:${portOf(html)}`,
    "http://no-such-host.invalid",
  ];
  for (const apiRoot of roots) {
    const messenger = new TelegramMessenger(new Telegram(token, { apiRoot }));
    const attempts = [
      () => messenger.send(stranger, hello),
      () => messenger.edit(stranger, 1, hello),
    ];
    for (const attempt of attempts) {
      const failure = await failureOf(attempt());
      expect(failure).not.toBeInstanceOf(Refused);
      const shown = `${failure.message} ${failure.stack} ${String(failure.cause)}`;
      expect(shown).not.toContain("TEST-secret_part");
    }
  }
});

test("what a person wrote arrives as they wrote it, whatever it is", async () => {
  const { messenger, meet, sees } = await open();
  const eve: TelegramId = await meet();
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }),
      async (words) => {
        const html = `[${escapeHtml(words)}]`;
        await messenger.send(eve, { kind: "text", html });
        expect((await sees(eve)).at(-1)?.words).toBe(`[${words}]`);
      },
    ),
    { numRuns: 40 },
  );
});

test("a topic is made, gets files by their id and pinned texts, and is closed once", async () => {
  const { messenger, url } = await open();
  const group = groupId(-100_900);
  const put = (path: string, body: object) =>
    fetch(`${url}/group/${group}${path}`, { method: "PUT", body: JSON.stringify(body) });
  await put("", {});
  const sent = async (message: Message) => {
    const delivery = await messenger.send(group, message);
    if (delivery.kind !== "sent") throw new Error("not sent");
    return delivery.messageId;
  };
  const topic = await sent({ kind: "topic", name: "x".repeat(200) });
  const card = await sent({ kind: "text", html: "<b>Bob</b>", topic, isPinned: true });
  const person = new Person(url, 7_001);
  await person.send("/start");
  const { photo } = await person.sendFile("photo");
  const fileId = photo![0]!.file_id;
  const picture = await sent({ kind: "sentFile", media: "photo", fileId, captionHtml: "a", topic });
  const read = async (path: string) => (await fetch(`${url}/group/${group}${path}`)).json();
  expect(await read("/pins")).toEqual([card]);
  expect(((await read("/chat")) as ApiMessage[]).at(-1)).toMatchObject({
    message_id: picture,
    message_thread_id: topic,
    caption: "a",
  });
  for (const isOpen of [false, false, true, true]) {
    expect(await sent({ kind: "topicState", topic, isOpen })).toBe(topic);
  }
  await put("", { can_pin_messages: false });
  expect(await sent({ kind: "text", html: "not pinned", topic, isPinned: true })).toBeGreaterThan(
    0,
  );
});

test.each([
  ["creator", undefined, "member"],
  ["administrator", undefined, "member"],
  ["member", undefined, "member"],
  ["restricted", true, "member"],
  ["restricted", false, "absent"],
  ["left", undefined, "absent"],
  ["kicked", undefined, "absent"],
])("who is %s (a member: %s) counts as %s", async (status, isMember, membership) => {
  const { url, memberships, meet } = await open();
  const club = -1_001_000_000_050;
  await openChannel({ emulatorUrl: url }, club, { type: "supergroup" });
  const eve = await meet();
  // Telegram words it as a refusal where somebody was never there.
  expect(await memberships.findMembership(String(club), eve)).toBe("absent");
  expect(await memberships.findMembership(String(club), telegramId(987_654))).toBe("absent");
  await fetch(`${url}/group/${club}/members`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ person: eve, status, is_member: isMember }),
  });
  expect(await memberships.findMembership(String(club), eve)).toBe(membership);
});
