import { DurableClient } from "../../client/durable.ts";
import { changeShop } from "../../client/operations.ts";
import { operator, type ShopChangeResult } from "../../domain/operations/shop-change.ts";
import type { SettingKey } from "../../domain/operations/shop-settings.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "./eventually.ts";
import type { TestApp } from "./test-app.ts";

type Part = Pick<TestApp, "client" | "emulatorUrl">;

/** Makes a channel in the Telegram emulator, or changes it. */
export async function openChannel(
  { emulatorUrl }: Pick<TestApp, "emulatorUrl">,
  id: number,
  facts: object = {},
): Promise<void> {
  const response = await fetch(`${emulatorUrl}/group/${id}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "channel", ...facts }),
  });
  if (!response.ok) throw new Error(await response.text());
}

let changes = 0;

/** Sets a setting of the shop, as an owner would write it. */
export function setShop(
  { client }: Pick<Part, "client">,
  key: SettingKey,
  value: string,
  requestId = `${key}-${process.pid}-${(changes += 1)}`,
): Promise<ShopChangeResult> {
  const change = { kind: "setting", key, value } as const;
  return changeShop(new DurableClient(client, 20_000), { requestId, by: operator, change });
}

/** Requires these channels, as an owner would write them; "off" requires none. */
export const requireChannels = (
  part: Part,
  value: string,
  requestId?: string,
): Promise<ShopChangeResult> => setShop(part, "channels", value, requestId);

/** Checks all members now, and waits until that is done. */
export async function checkMembers({ client }: Part): Promise<void> {
  const channels = client.workflow.getHandle(workflowIds.channels);
  const before = await countChecks({ client });
  await channels.signal(signals.checkNow);
  await eventually(async () => {
    const { begun, ended } = await countChecks({ client });
    if (begun <= before.begun || ended < begun) throw new Error("the check has not ended");
  });
}

/** How many parts of checks have begun and ended in this run. */
async function countChecks({ client }: Pick<TestApp, "client">) {
  const { events = [] } = await client.workflow.getHandle(workflowIds.channels).fetchHistory();
  const scheduled = (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: one }) => one?.activityType?.name === "checkMembers",
  );
  const ids = new Set(scheduled.map(({ eventId }) => String(eventId)));
  const ended = (events ?? []).filter(({ activityTaskCompletedEventAttributes: one }) =>
    ids.has(String(one?.scheduledEventId)),
  );
  return { begun: scheduled.length, ended: ended.length };
}
