import { eventually } from "../../drivers/eventually.ts";

/** An emulator refused a control request: it is not possible in the present state. */
export class NotNow extends Error {}

/**
 * Sends a request to an emulator, which runs in this process. Without a body it is a GET.
 * @throws NotNow when it is not possible in the present state (409), or what it is about has been
 * deleted (404).
 */
export async function ask<Answer>(url: string, body?: object, method = "POST"): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(url, sent);
  const answer: unknown = await response.json();
  if (response.ok) return answer as Answer;
  const problem = `${url}: ${response.status} ${JSON.stringify(answer)}`;
  throw [404, 409].includes(response.status) ? new NotNow(problem) : new Error(problem);
}

/** Awaits an action and ignores `NotNow`: a person finds the page closed. */
export async function ifPossible(action: Promise<unknown>): Promise<void> {
  await action.catch((error: unknown) => {
    if (!(error instanceof NotNow)) throw error;
  });
}

/**
 * Reads a gateway's records by its API, and retries:
 * a fault that was meant for the product may hit this call.
 */
export const readRecords = <Rows>(read: () => Promise<Rows>): Promise<Rows> =>
  eventually(read, 20_000);
