import type { TestApp } from "./test-app.ts";

/** How the emulated Telegram answers from now on; `method`, `chat_id` and `times` narrow it. */
export interface TelegramFault {
  readonly kind: "429" | "500" | "502" | "403" | "drop-connection";
  readonly method?: string;
  readonly chat_id?: number;
  readonly times?: number;
  readonly retry_after?: number;
}

/** Adds a fault to the emulated Telegram. */
export async function breakTelegram(app: TestApp, fault: TelegramFault): Promise<void> {
  const body = JSON.stringify(fault);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${app.emulatorUrl}/control/faults`, {
    method: "POST",
    headers,
    body,
  });
  if (!answer.ok) throw new Error(`no such fault: ${await answer.text()}`);
}

/** Removes all faults. */
export async function mendTelegram(app: TestApp): Promise<void> {
  await fetch(`${app.emulatorUrl}/control/faults`, { method: "DELETE" });
}
