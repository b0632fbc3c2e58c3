import type * as z from "zod";
import type { Reply } from "../kit/http.ts";
import type { PathRoutes, RouteCall } from "../kit/path-routes.ts";
import { validationFailed } from "./refusal.ts";

/** A call to the API. */
export interface ApiCall extends RouteCall {
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Some routes of the API. */
export type ApiRoutesTable = PathRoutes<ApiCall>;

/** `{response: …}`, as every answer with a body. */
export const respond = (response: unknown, status = 200): Reply => ({
  status,
  body: { response },
});

/** An answer without a body: 204, or 202 for what a queue does later. */
export const respondEmpty = (status: 202 | 204): Reply => ({ status, body: undefined });

/** @throws Refusal 400 "Validation failed" with the issues. */
export function parse<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const result = schema.safeParse(given);
  if (!result.success) throw validationFailed(result.error.issues);
  return result.data;
}

/** The query as an object. */
export const queryOf = ({ query }: RouteCall): Record<string, string> => Object.fromEntries(query);
