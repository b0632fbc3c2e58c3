import { eventually } from "./eventually.ts";
import type { Person } from "./person.ts";
import type { TestApp } from "./test-app.ts";

/**
 * Presses Start and waits until the captcha is queued in the database:
 * it may be in the chat before that.
 */
export async function arrive(app: Pick<TestApp, "rows">, person: Person): Promise<void> {
  await person.send("/start");
  await eventually(async () => {
    const query = "select 1 from messages where telegram_id = ? and slot like 'captcha/%'";
    if ((await app.rows(query, [person.id])).length === 0)
      throw new Error(`no captcha for ${person.id}`);
  });
}
