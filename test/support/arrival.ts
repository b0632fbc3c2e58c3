import { eventually } from "./eventually.ts";
import type { Person } from "./person.ts";
import type { Stage } from "./stage.ts";

/** Presses Start and waits until the books know who did: the question comes before that. */
export async function arrive(stage: Pick<Stage, "rows">, person: Person): Promise<void> {
  await person.say("/start");
  await eventually(async () => {
    const query = "select 1 from messages where telegram_id = ? and slot like 'captcha/%'";
    if ((await stage.rows(query, [person.id])).length === 0) throw new Error("nobody has arrived");
  });
}
