import type { Response } from "express";

/** What a proxy of the demo answers when the part behind it does not. */
export function proxyFailed(_error: Error, _request: unknown, response: unknown): void {
  const answer = response as Partial<Response>;
  if (answer.headersSent) return void answer.end?.();
  answer.writeHead?.(502, { "content-type": "application/json" });
  answer.end?.(JSON.stringify({ error: "This part of the demo does not answer; see npm start." }));
}
