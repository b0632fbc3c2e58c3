import type { Response } from "express";

/** Answers for a part of the demo that does not answer. */
export function answerProxyError(_error: Error, _request: unknown, response: unknown): void {
  const answer = response as Partial<Response>;
  if (answer.headersSent) return void answer.end?.();
  answer.writeHead?.(502, { "content-type": "application/json" });
  answer.end?.(JSON.stringify({ error: "This part of the demo does not answer; see npm start." }));
}
