import { eventually } from "../../drivers/eventually.ts";

/** An emulator's control door said no: what was asked cannot happen as things stand. */
export class NotNow extends Error {}

/**
 * Asks an emulator, which lives in this process, to do or to tell something.
 * @throws NotNow when it cannot be done now (409).
 */
export async function ask<Answer>(url: string, body?: object, method = "POST"): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(url, sent);
  const answer: unknown = await response.json();
  if (response.ok) return answer as Answer;
  const told = `${url}: ${response.status} ${JSON.stringify(answer)}`;
  throw response.status === 409 ? new NotNow(told) : new Error(told);
}

/** What cannot happen now does not happen: a person finds the page closed. */
export async function ifPossible(deed: Promise<unknown>): Promise<void> {
  await deed.catch((error: unknown) => {
    if (!(error instanceof NotNow)) throw error;
  });
}

/** Reads a gateway's records by its own door, where a trouble that the product was to meet may strike us. */
export const record = <Rows>(read: () => Promise<Rows>): Promise<Rows> => eventually(read, 20_000);
