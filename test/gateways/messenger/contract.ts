import { beforeEach, describe, expect, test } from "vitest";
import type { TelegramId } from "../../../domain/ids.ts";
import type {
  Keyboard,
  Membership,
  Memberships,
  Message,
  Messenger,
  OwnRole,
} from "../../../gateways/messenger/port.ts";
import { Refused } from "../../../gateways/refused.ts";

/** What a person sees: text without markup, bytes of a document, the text of a QR picture. */
export interface ShownMessage {
  readonly messageId: number;
  readonly words?: string;
  readonly keyboard?: Keyboard;
  readonly fileName?: string;
  readonly content?: string;
  readonly qr?: string;
}

/** A messenger and the people on its other side. */
export interface MessengerFixture {
  readonly messenger: Messenger;
  /** A person who can be written to. */
  meet(): Promise<TelegramId>;
  block(person: TelegramId): Promise<void>;
  unblock(person: TelegramId): Promise<void>;
  /** Deletes a message behind the bot's back. */
  deleteMessage(person: TelegramId, messageId: number): Promise<void>;
  sees(person: TelegramId): Promise<ShownMessage[]>;
  readonly memberships: Memberships;
  /** Makes a channel, or changes what the bot is there; undefined: it is not in it. */
  openChannel(channel: string, own: OwnRole | undefined): Promise<void>;
  setMembership(channel: string, person: TelegramId, membership: Membership): Promise<void>;
}

const conf = "[Interface]\nPrivateKey = AAAA\nAddress = 10.8.0.2/32\n# Ключ — 🔑\n";

const text = (html: string, keyboard?: Keyboard) =>
  ({ kind: "text", html, ...(keyboard ? { keyboard } : {}) }) as const;

const refused = (asked: Promise<unknown>) => expect(asked).rejects.toBeInstanceOf(Refused);

/** The promises of `gateways/messenger/port.ts`, which every adapter keeps. */
export function messengerContract(name: string, open: () => Promise<MessengerFixture>): void {
  describe(`${name} keeps the messenger's promises`, () => {
    let fixture: MessengerFixture;
    let eve: TelegramId;

    beforeEach(async () => {
      fixture = await open();
      eve = await fixture.meet();
    });

    const send = async (message: Message) => {
      const delivery = await fixture.messenger.send(eve, message);
      if (delivery.kind !== "sent") throw new Error("not sent");
      return delivery.messageId;
    };

    test("a text arrives with its buttons, under the number that was answered", async () => {
      const keyboard = [
        [
          { text: "Yes ✅", data: "yes" },
          { text: "No", data: "x".repeat(64) },
        ],
        [{ text: "Back", data: "back" }],
      ];
      const messageId = await send(text("A &lt;b&gt; &amp; <b>bold</b> word", keyboard));
      expect(await fixture.sees(eve)).toEqual([
        { messageId, words: "A <b> & bold word", keyboard },
      ]);
    });

    test("messages arrive in the order they were sent, each to its person", async () => {
      const bob = await fixture.meet();
      const ids = [await send(text("one")), await send(text("two"))];
      await fixture.messenger.send(bob, text("for Bob"));
      expect(await fixture.sees(eve)).toEqual([
        { messageId: ids[0], words: "one" },
        { messageId: ids[1], words: "two" },
      ]);
      expect(await fixture.sees(bob)).toMatchObject([{ words: "for Bob" }]);
    });

    test("a document arrives byte by byte under its name", async () => {
      const file = { kind: "document", fileName: "phone.conf", content: conf } as const;
      const messageId = await send({ ...file, captionHtml: "<i>yours</i>" });
      expect(await fixture.sees(eve)).toEqual([
        { messageId, words: "yours", fileName: "phone.conf", content: conf },
      ]);
    });

    test.each([
      ["a short text", "vpn"],
      ["a whole .conf", conf.repeat(12)],
    ])("a QR picture says exactly its text: %s", async (_, said) => {
      const messageId = await send({ kind: "qr", text: said, captionHtml: "scan" });
      expect(await fixture.sees(eve)).toEqual([{ messageId, words: "scan", qr: said }]);
    });

    test("a button can open a page instead of coming back", async () => {
      const keyboard = [
        [{ text: "Pay", url: "https://pay.example.com/i/1?memo=a%20b&x=%2B" }],
        [{ text: "Open a wallet", url: "ton://transfer/UQ?amount=1" }],
        [{ text: "Cancel", data: "cancel" }],
      ];
      const messageId = await send(text("bill", keyboard));
      expect(await fixture.sees(eve)).toEqual([{ messageId, words: "bill", keyboard }]);
      const other = [[{ text: "Pay elsewhere", url: "https://other.example.com/" }]];
      await fixture.messenger.edit(eve, messageId, text("bill", other));
      expect(await fixture.sees(eve)).toMatchObject([{ keyboard: other }]);
    });

    test("an edit replaces text and buttons, and removes the buttons when it has none", async () => {
      const messageId = await send(text("asked", [[{ text: "Yes", data: "yes" }]]));
      const other = [[{ text: "No", data: "no" }]];
      const edit = (html: string, keyboard?: Keyboard) =>
        fixture.messenger.edit(eve, messageId, text(html, keyboard));
      expect(await edit("asked again", other)).toEqual({ kind: "sent", messageId });
      expect(await fixture.sees(eve)).toEqual([
        { messageId, words: "asked again", keyboard: other },
      ]);
      await edit("decided");
      expect(await fixture.sees(eve)).toEqual([{ messageId, words: "decided" }]);
    });

    test("an edit that changes nothing counts as done, one of a deleted message is told apart", async () => {
      const messageId = await send(text("same"));
      const again = () => fixture.messenger.edit(eve, messageId, text("same"));
      expect(await again()).toEqual({ kind: "sent", messageId });
      await fixture.deleteMessage(eve, messageId);
      expect(await again()).toEqual({ kind: "gone" });
      expect(await fixture.sees(eve)).toEqual([]);
    });

    test("the text under a picture or a document is replaced, and its content stays", async () => {
      const qr = await send({ kind: "qr", text: "vpn", captionHtml: "scan" });
      const file = { kind: "document", fileName: "phone.conf", content: conf } as const;
      const document = await send({ ...file, captionHtml: "yours" });
      const edit = (messageId: number, captionHtml: string) =>
        fixture.messenger.editCaption(eve, messageId, { captionHtml });
      const done = { kind: "sent", messageId: qr };
      expect(await edit(qr, "<b>over</b> &amp; out")).toEqual(done);
      expect(await edit(qr, "<b>over</b> &amp; out")).toEqual(done);
      await edit(document, "renamed");
      expect(await fixture.sees(eve)).toEqual([
        { messageId: qr, words: "over & out", qr: "vpn" },
        { messageId: document, words: "renamed", fileName: "phone.conf", content: conf },
      ]);
      await fixture.deleteMessage(eve, qr);
      expect(await edit(qr, "again")).toEqual({ kind: "gone" });
    });

    test("a message is deleted once", async () => {
      const stays = await send(text("stays"));
      const messageId = await send(text("goes"));
      expect(await fixture.messenger.remove(eve, messageId)).toEqual({ kind: "sent", messageId });
      expect(await fixture.messenger.remove(eve, messageId)).toEqual({ kind: "gone" });
      expect(await fixture.sees(eve)).toEqual([{ messageId: stays, words: "stays" }]);
      await fixture.block(eve);
      const unreachable = { kind: "unreachable" };
      expect(await fixture.messenger.remove(eve, stays)).toEqual(unreachable);
      expect(await fixture.messenger.editCaption(eve, stays, { captionHtml: "x" })).toEqual(
        unreachable,
      );
    });

    test("an administrator of a channel sees who is in it, who has left and who never came", async () => {
      const bob = await fixture.meet();
      const { memberships } = fixture;
      await fixture.openChannel("@contract_news", "administrator");
      expect(await memberships.findOwnRole("@contract_news")).toBe("administrator");
      await fixture.setMembership("@contract_news", eve, "member");
      expect(await memberships.findMembership("@contract_news", eve)).toBe("member");
      expect(await memberships.findMembership("@contract_news", bob)).toBe("absent");
      await fixture.setMembership("@contract_news", eve, "absent");
      expect(await memberships.findMembership("@contract_news", eve)).toBe("absent");
    });

    test("a channel that is unknown, or does not show its members, is a refusal", async () => {
      const { memberships } = fixture;
      await refused(memberships.findMembership("@contract_gone", eve));
      await refused(memberships.findOwnRole("@contract_gone"));
      await fixture.openChannel("@contract_dark", "member");
      expect(await memberships.findOwnRole("@contract_dark")).toBe("member");
      await refused(memberships.findMembership("@contract_dark", eve));
      await fixture.openChannel("@contract_dark", undefined);
      await refused(memberships.findOwnRole("@contract_dark"));
      await refused(memberships.findMembership("@contract_dark", eve));
    });

    test("a person who blocked us is unreachable until they unblock us", async () => {
      const messageId = await send(text("before"));
      await fixture.block(eve);
      const unreachable = { kind: "unreachable" };
      expect(await fixture.messenger.send(eve, text("during"))).toEqual(unreachable);
      expect(await fixture.messenger.edit(eve, messageId, text("changed"))).toEqual(unreachable);
      await fixture.unblock(eve);
      await send(text("after"));
      const words = (await fixture.sees(eve)).map((seen) => seen.words);
      expect(words).toEqual(["before", "after"]);
    });
  });
}
