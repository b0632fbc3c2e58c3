import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { chooseLanguage } from "../people.ts";

const ids = { support: 1003, viewer: 1004 } as const;
const app = useTestApp({ supportIds: [ids.support], viewerIds: [ids.viewer], support: {} });

async function team() {
  const admin = await app.admin();
  return { admin, support: await app.admin(ids.support), viewer: await app.admin(ids.viewer) };
}

test.each(languages)(
  "who works here and types what nobody understands is shown their own pages (%s)",
  async (language) => {
    const { answer } = textsIn(language).messaging;
    for (const [role, person] of Object.entries(await team())) {
      await chooseLanguage(app, person, language);
      const before = (await person.listTexts()).length;
      await person.send("asdf qwerty");
      const hint = await eventually(async () => {
        const fresh = (await person.chat()).filter(({ from }) => from?.is_bot).slice(before);
        const found = fresh.find(({ text }) => text === answer.unknownToStaff);
        if (found === undefined) throw new Error(`${role} has no hint yet`);
        return found;
      });
      const data = hint.reply_markup?.inline_keyboard?.flat().map((key) => key.callback_data);
      expect({ role, data }).toEqual({ role, data: ["admin", "admin-find", "home"] });
      await chooseLanguage(app, person, "en");
    }
  },
);
