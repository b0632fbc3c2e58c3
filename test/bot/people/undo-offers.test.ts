import { expect, test } from "vitest";
import type { Message } from "../../../emulators/telegram/bot-api.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { asShown, forgePress } from "../people.ts";

const app = useTestApp();

const dataOf = ({ reply_markup: keys }: Message) =>
  (keys?.inline_keyboard ?? []).flat().map((key) => key.callback_data);

test("an undo is offered exactly where it would be taken, whatever has happened since the decision", async () => {
  const admin = await app.admin();
  const { changedSince } = textsIn("en").people.act;
  const by = async (person: Person, columns: string, of = "customers c") => {
    const query = `update ${of} set ${columns} where c.telegram_id = ? returning 1`;
    expect(await app.rows(query, [person.id])).toHaveLength(1);
  };
  const since = {
    nothing: async () => undefined,
    block: (one: Person) => by(one, "status = 'blocked'"),
    "end of access": ({ id }: Person) =>
      app.rows(
        `update subscriptions s set revoked_at = now() from customers c
          where c.id = s.customer_id and c.telegram_id = ? returning 1`,
        [id],
      ),
    days: async (one: Person) => {
      await admin.send(`/extend ${one.id} 5`);
      await one.waitForMessage(/access now runs until/u);
    },
  } as const;
  for (const [what, happen] of Object.entries(since)) {
    const one = await app.customer();
    await happen(one);
    await admin.send("/admin");
    await admin.pressButton(/^admin-pending$/u);
    await admin.pressButton(/^decisions$/u);
    const list = await admin.waitForMessage(new RegExp(`Last decisions[^]*${one.id}`, "u"));
    const [{ ask }] = (await app.rows<{ ask: string }>(
      "select ask from approvals where approval_id = ?",
      [`signup:${one.id}`],
    )) as [{ ask: string }];
    const isOffered = dataOf(list).includes(`sure-undo:${one.id}:${ask}`);
    const messageId = list.message_id;
    await forgePress(app, admin, { messageId, data: `act:undo:${one.id}:${ask}` });
    const isUndone = await eventually(async () => {
      const { text = "" } = (await admin.chat()).find(({ message_id: id }) => id === messageId)!;
      const answers = [/undone, and their request/u, asShown(changedSince)];
      expect(answers.some((answer) => answer.test(text))).toBe(true);
      return answers[0]!.test(text);
    });
    const isPossible = what === "nothing";
    expect({ what, isOffered, isUndone }).toEqual({
      what,
      isOffered: isPossible,
      isUndone: isPossible,
    });
  }
});
