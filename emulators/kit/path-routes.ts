import type { Reply } from "./http.ts";

/** What a route is handed of a request. */
export interface RouteCall {
  /** The parts of the path that stand for `{…}`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body. */
  readonly body: unknown;
}

/** Routes by method and path: `GET /users/{id}`. The first that fits is taken. */
export type PathRoutes<Call extends RouteCall = RouteCall> = Readonly<
  Record<string, (call: Call) => Reply | Promise<Reply>>
>;

/** The route of a request. */
export interface FoundRoute<Call extends RouteCall = RouteCall> {
  /** As in the table: `GET /users/{id}`. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly run: (call: Call) => Reply | Promise<Reply>;
}

/** Finds routes of a table by method and path. Broken UTF-8 fits nothing. */
export function createRouter<Call extends RouteCall>(routes: PathRoutes<Call>) {
  const compiled = Object.entries(routes).map(([name, run]) => {
    const [method = "", template = ""] = name.split(" ");
    const pattern = template.replaceAll(/\{(\w+)\}/gu, "(?<$1>[^/]+)");
    return { name, run, method, path: new RegExp(`^${pattern}$`, "u") };
  });
  return (method: string, path: string): FoundRoute<Call> | undefined => {
    for (const route of compiled) {
      const groups = route.method === method ? route.path.exec(path) : null;
      if (groups === null) continue;
      const params = decodeAll(groups.groups ?? {});
      if (params !== undefined) return { name: route.name, run: route.run, params };
    }
    return undefined;
  };
}

function decodeAll(groups: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    const decoded = Object.entries(groups).map(([name, part]) => [name, decodeURIComponent(part)]);
    return Object.fromEntries(decoded) as Record<string, string>;
  } catch {
    return undefined;
  }
}
