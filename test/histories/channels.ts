import { expect } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { openChannel, requireChannels } from "../drivers/channels.ts";
import { eventually } from "../drivers/eventually.ts";
import type { TestApp } from "../drivers/test-app.ts";

const news = "@tollgate_news";

/** A channel that is required for a while: a customer and a newcomer join it. */
export async function recordChannels(
  app: TestApp,
  keep: (workflowId: string, name: string) => Promise<void>,
): Promise<void> {
  const admin = await app.admin();
  const bob = await app.customer();
  await openChannel(app, -1_001_000_000_001, { username: news.slice(1) });
  await requireChannels(app, news, "recorded-channels");
  await keep(workflowIds.shopChange("recorded-channels"), "shopChange.channels");
  await bob.waitForMessage(/To keep your VPN/u);
  await bob.join(news);
  await bob.pressButton(/^joined$/u);
  await bob.waitForMessage(/nothing will be paused/u);
  const eve = app.person();
  const signup = workflowIds.signup(telegramId(eve.id));
  await eve.send("/start");
  await eve.answerCaptcha();
  await eve.waitForMessage(/One more step/u);
  await eve.pressButton(/^joined$/u);
  await eve.waitForMessage(/do not see you there/u);
  await eve.join(news);
  await eve.pressButton(/^joined$/u);
  await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
  await eve.waitForMessage(/Your key for/u);
  await app.client.workflow.getHandle(signup).result();
  await keep(signup, "signup.channels");
  await requireChannels(app, "off");
  await eventually(async () => {
    const { typedSearchAttributes: shown } = await app.client.workflow
      .getHandle(workflowIds.channels)
      .describe();
    expect(shown.get(searchAttributes.stage)).toBe("off");
  });
  await keep(workflowIds.channels, "channels");
}
