import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { setShop } from "../../drivers/channels.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { asShown, customerSpeaking } from "../people.ts";

const app = useTestApp({ support: {} });

test.each(languages)(
  "once the shop names a contact, old questions to support lead there and nothing is lost (%s)",
  async (language) => {
    const { tickets, support } = textsIn(language).messaging;
    const bob = await customerSpeaking(app, language);
    const admin = await app.admin();
    await bob.send("/support");
    await bob.waitForMessage(asShown(tickets.write));
    await bob.send("first words");
    await bob.waitForMessage(asShown(tickets.sent));
    await admin.pressButton(new RegExp(`^ticket-answer:${bob.id}$`, "u"));
    await admin.waitForMessage(/Your (?:answer|message) to/u);
    await admin.send("an answer");
    const reply = await bob.button(/^support-reply$/u);
    await setShop(app, "support", "@acme_help");
    const contact = asShown(support.contact("@acme_help"));
    // What they were writing on the page of support is not swallowed.
    await eventually(
      async () => {
        await bob.send("more words");
        expect((await bob.listTexts()).some((text) => contact.test(text))).toBe(true);
      },
      undefined,
      400,
    );
    const before = (await bob.listTexts()).length;
    await bob.press(reply.messageId, reply.data);
    await eventually(async () => {
      const fresh = (await bob.listTexts()).slice(before);
      expect(fresh.some((text) => contact.test(text))).toBe(true);
    });
    await setShop(app, "support", "off");
    await eventually(
      async () => {
        await bob.send("/support");
        expect((await bob.listTexts()).at(-1)).toMatch(asShown(tickets.write));
      },
      undefined,
      400,
    );
  },
);
