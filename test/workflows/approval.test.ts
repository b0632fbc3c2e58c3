import { test } from "vitest";
import { dayMs, minuteMs } from "../../domain/time.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp();

test("a request that nobody decides is reminded of after half a day and lapses after a week", async () => {
  const admin = await app.admin();
  const dora = await app.person().become({ first_name: "Dora" });
  await dora.askForAccess();
  await admin.button(new RegExp(`^decide:signup:${dora.id}:`, "u"));
  const approval = `approval:signup:${dora.id}`;
  await app.pass(approval, dayMs / 2 + minuteMs);
  await admin.waitForMessage(/Dora[^]*waiting for 12 hours/u);
  await app.pass(approval, 7 * dayMs);
  await dora.waitForMessage(/did not get to your request/u);
  await admin.waitForMessage(new RegExp(`${dora.id}[^]*Closed without a decision`, "u"));
});
