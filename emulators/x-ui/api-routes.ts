import { applyCallFault } from "../kit/api-faults.ts";
import { readBody, type Reply, type Request } from "../kit/http.ts";
import { createRouter } from "../kit/path-routes.ts";
import { isSame } from "../kit/secret.ts";
import { clientRoutes } from "./client-routes.ts";
import { parseJson } from "./decode.ts";
import { Failure } from "./failure.ts";
import { otherRoutes } from "./other-routes.ts";
import type { ApiCall, ApiRoute } from "./routes.ts";
import type { State } from "./state.ts";
import { languageOf, say } from "./translations.ts";

const maxBody = 64 * 1024 * 1024;
/** The panel's answer to whom it does not know: the same as where there is nothing. */
const nothing = (status: number): Reply => ({ status, body: undefined });

const answer = (body: object): Reply => ({
  status: 200,
  body,
  headers: { "content-type": "application/json; charset=utf-8" },
});

/** An unknown token is a 404 here. */
const errorReply = (status: number): Reply => nothing(status === 401 ? 404 : status);

interface Found {
  readonly name: string;
  readonly route: ApiRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** The panel's API, `<base path>panel/api/…`: every answer to a known client is a 200. */
export class ApiRoutes {
  readonly #state: State;
  readonly #prefix: string;
  readonly #find: (method: string, path: string) => Found | undefined;

  constructor(state: State) {
    this.#state = state;
    this.#prefix = `${state.options.basePath}panel/api`;
    const routes = { ...clientRoutes(state), ...otherRoutes(state) };
    const router = createRouter(
      Object.fromEntries(Object.keys(routes).map((name) => [name, () => nothing(404)])),
    );
    this.#find = (method, path) => {
      const found = router(method, path);
      const route = found === undefined ? undefined : routes[found.name];
      if (found === undefined || route === undefined) return undefined;
      return { name: found.name, route, params: found.params };
    };
  }

  async serve(request: Request): Promise<Reply | undefined> {
    const { method, path, raw } = request;
    const isInside = path.startsWith(`${this.#prefix}/`);
    const place = path.slice(this.#prefix.length);
    const found = isInside ? this.#find(method, place) : undefined;
    const name = found?.name ?? `${method} ${isInside ? place : path}`;
    const text = (await readBody(raw, maxBody)).toString("utf8");
    const refusal = isInside ? this.#authorize(request) : 404;
    if (refusal !== undefined || found === undefined) {
      const status = refusal ?? 404;
      this.#record(name, { status, ok: false });
      return nothing(status);
    }
    return this.#answer(request, found, text);
  }

  async #answer(request: Request, found: Found, text: string): Promise<Reply | undefined> {
    const { name, params } = found;
    const email = emailOf(params, text);
    const { headers } = request.raw;
    const call = { params, query: request.query, headers, body: () => parseJson(text) };
    const perform = () => this.#perform(found, call, email);
    const fault = this.#state.faults.forCall(name, { email });
    if (fault === undefined) return perform();
    const save = () => this.#state.save();
    const isPerformed = /after-success|slow/u.test(fault.kind);
    const reply = await applyCallFault(fault, { request, perform, save, errorReply });
    if (!isPerformed) this.#record(name, { status: reply?.status ?? 0, ok: false, email });
    return reply;
  }

  /** 404 without a word; 401 where a page asks. */
  #authorize({ raw: { headers } }: Request): 401 | 404 | undefined {
    const { options, isTokenDeleted } = this.#state;
    const given = /^Bearer (?<token>.*)$/u.exec(headers.authorization ?? "")?.groups?.["token"];
    if (isSame(given ?? "", options.token) && !isTokenDeleted) return undefined;
    return headers["x-requested-with"] === "XMLHttpRequest" ? 401 : 404;
  }

  async #perform({ name, route }: Found, call: ApiCall, email: string | undefined): Promise<Reply> {
    const language = languageOf(call.headers, this.#state.options.language);
    const attempt = () => carryOut(route, call);
    const { result, tookMs } = route.isWrite
      ? await this.#state.writes.run(attempt)
      : { result: attempt(), tookMs: undefined };
    const ok = !(result instanceof Failure);
    const error = ok ? undefined : result.message;
    this.#record(name, { status: 200, ok, error, email, tookMs });
    if (!ok) {
      const msg = `${say(route.failed, language)} (${result.message})`;
      return answer({ success: false, msg, obj: null });
    }
    const msg = route.done === undefined ? "" : say(route.done, language);
    return answer({ success: true, msg, obj: result ?? null });
  }

  #record(
    method: string,
    outcome: {
      readonly status: number;
      readonly ok: boolean;
      readonly error?: string | undefined;
      readonly email?: string | undefined;
      readonly tookMs?: number | undefined;
    },
  ): void {
    this.#state.calls.record({ method, time: this.#state.clock.now(), ...outcome });
  }
}

function carryOut(route: ApiRoute, call: ApiCall): unknown {
  try {
    return route.run(call);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Whom a call is about, by the path or the body. */
function emailOf(params: Found["params"], text: string): string | undefined {
  const named = params["email"];
  if (named !== undefined) return named;
  try {
    const body = JSON.parse(text) as { client?: { email?: unknown }; email?: unknown } | null;
    const given = body?.client?.email ?? body?.email;
    return typeof given === "string" ? given : undefined;
  } catch {
    return undefined;
  }
}
