/** Who is there in the demo: one who approves, and two who ask. */
const people = [
  { id: 1001, first_name: "Alice", last_name: "Admin", language_code: "en" },
  { id: 5001, first_name: "Bob", language_code: "en" },
  { id: 5002, first_name: "Мария", language_code: "ru" },
] as const;

const admin = people[0];

/**
 * Puts the demo's people into the Telegram emulator and lets the admin press Start once: like a
 * real account, an admin has to, before the bot may write to them. Safe to repeat.
 * @throws Error when the emulator refuses.
 */
export async function seedDemo(telegramUrl: string): Promise<void> {
  const known = new Set((await ask<{ id: number }[]>(`${telegramUrl}/person`)).map(({ id }) => id));
  for (const { id, ...person } of people) {
    if (!known.has(id)) await ask(`${telegramUrl}/person/${id}`, { method: "PUT", body: person });
  }
  const chat = await ask<unknown[]>(`${telegramUrl}/person/${admin.id}/chat`);
  if (chat.length > 0) return;
  const url = `${telegramUrl}/person/${admin.id}/messages`;
  await ask(url, { method: "POST", body: { text: "/start" } });
}

async function ask<Answer>(url: string, asked?: { method: string; body: object }): Promise<Answer> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(5_000),
    ...(asked === undefined
      ? {}
      : {
          method: asked.method,
          headers: { "content-type": "application/json" },
          body: JSON.stringify(asked.body),
        }),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
