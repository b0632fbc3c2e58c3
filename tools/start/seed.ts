/** The people of the demo: an admin who approves, and two customers who ask. */
const people = [
  { id: 1001, first_name: "Alice", last_name: "Admin", language_code: "en" },
  { id: 5001, first_name: "Bob", language_code: "en" },
  { id: 5002, first_name: "Мария", language_code: "ru" },
] as const;

const admin = people[0];

/**
 * Adds the demo's people to the Telegram emulator and presses Start for the admin: as in Telegram,
 * the bot may write only to people who have done so. Safe to repeat.
 * @throws Error when the emulator refuses.
 */
export async function seedDemo(telegramUrl: string): Promise<void> {
  const known = new Set(
    (await callJson<{ id: number }[]>(`${telegramUrl}/person`)).map(({ id }) => id),
  );
  for (const { id, ...person } of people) {
    if (!known.has(id))
      await callJson(`${telegramUrl}/person/${id}`, { method: "PUT", body: person });
  }
  const chat = await callJson<unknown[]>(`${telegramUrl}/person/${admin.id}/chat`);
  if (chat.length > 0) return;
  const url = `${telegramUrl}/person/${admin.id}/messages`;
  await callJson(url, { method: "POST", body: { text: "/start" } });
}

async function callJson<Answer>(
  url: string,
  call?: { method: string; body: object },
): Promise<Answer> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(5_000),
    ...(call === undefined
      ? {}
      : {
          method: call.method,
          headers: { "content-type": "application/json" },
          body: JSON.stringify(call.body),
        }),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
