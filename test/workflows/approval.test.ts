import { test } from "vitest";
import { dayMs, minuteMs } from "../../domain/time.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();

test("a request that nobody decides is reminded of after half a day and lapses after a week", async () => {
  const admin = await stage.admin();
  const dora = await stage.person().is({ first_name: "Dora" });
  await dora.asksForAccess();
  await admin.button(new RegExp(`^decide:signup:${dora.id}:`, "u"));
  const approval = `approval:signup:${dora.id}`;
  await stage.pass(approval, dayMs / 2 + minuteMs);
  await admin.hears(/Dora[^]*waiting for 12 hours/u);
  await stage.pass(approval, 7 * dayMs);
  await dora.hears(/Nobody decided in time/u);
  await admin.hears(new RegExp(`${dora.id}[^]*Nobody decided; closed`, "u"));
});
