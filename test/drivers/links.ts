import { expect } from "vitest";
import { eventually } from "./eventually.ts";
import { type Person, wordsOf } from "./person.ts";
import type { TestApp } from "./test-app.ts";

/** New devices come to the second host alone. */
export const useSecondHost = (app: TestApp) =>
  app.rows("update hosts set state = case name when 'one' then 'draining' else 'open' end");

/** A new customer with a device on the second host, and the link that the bot has sent them. */
export async function customerWithLink(app: TestApp): Promise<{ person: Person; link: string }> {
  await useSecondHost(app);
  const admin = await app.admin();
  const person = app.person();
  await person.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
  return { person, link: await newestLink(person) };
}

/** The newest link of ours that a person was sent, other than `before`. */
export const newestLink = (person: Person, before = ""): Promise<string> =>
  eventually(async () => {
    const links = (await person.chat()).flatMap((message) => {
      return /https?:\S+\/[sf]\/[\w-]{32}/u.exec(wordsOf(message))?.[0] ?? [];
    });
    const newest = links.at(-1);
    expect(newest).toBeDefined();
    expect(newest).not.toBe(before);
    return newest!;
  });

/** Fetches a link as an app does; what was put before it is there once the host's loop has put it. */
export const fetchWhenReady = (
  link: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  eventually(async () => {
    const response = await fetch(link, { headers: { accept: "*/*", ...headers } });
    expect(response.status).toBe(200);
    return response;
  });
