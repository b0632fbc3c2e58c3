import { type Reply, type Request } from "../kit/http.ts";
import { Refusal } from "./refusal.ts";

/** One call to the panel, as the function behind its route sees it. */
export interface Call {
  readonly request: Request;
  /** What stands at the names in braces of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /** The fields of the body; undefined for a body that is not there. */
  readonly body: unknown;
  /** Runs once the call has succeeded, as FastAPI's background tasks do. */
  readonly after: (task: () => void) => void;
}

/** What the panel answers at one method and path. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** With names in braces, as `/api/user/{username}`. */
  readonly path: string;
  /** How the body is read before anything else; without it, it is not read. */
  readonly takes?: "json" | "form";
  /** @throws Refusal, or Crash. */
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** A route with what stands at its names. */
export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function paramsOf(template: string, path: string): Record<string, string> | undefined {
  const names = template.split("/");
  const parts = path.split("/");
  if (names.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const part = parts[at] ?? "";
    if (!name.startsWith("{")) {
      if (name !== part) return undefined;
    } else if (part === "") {
      return undefined;
    } else {
      params[name.slice(1, -1)] = part;
    }
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The first route that fits the path, which is decoded before.
 * @throws Refusal 404, or 405 with what the first route of this path allows; 307 where only a slash
 *   at the end is too much.
 */
export function findRoute(routes: readonly Route[], { method, path: sent, raw }: Request): Found {
  const path = decode(sent);
  let allowed: string | undefined;
  for (const route of routes) {
    const params = paramsOf(route.path, path);
    if (params === undefined) continue;
    if (route.method === method) return { route, params };
    allowed ??= route.method;
  }
  if (allowed !== undefined) throw new Refusal(405, "Method Not Allowed", { allow: allowed });
  const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
  const isOther = routes.some((route) => paramsOf(route.path, other) !== undefined);
  if (isOther) {
    const query = /\?.*$/u.exec(raw.url ?? "")?.[0] ?? "";
    throw new Refusal(307, "", { location: `http://${raw.headers.host ?? ""}${other}${query}` });
  }
  throw new Refusal(404, "Not Found");
}
