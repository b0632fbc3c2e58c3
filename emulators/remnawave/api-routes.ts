import { applyCallFault } from "../kit/api-faults.ts";
import { dropConnection, readBody, type Reply, type Request } from "../kit/http.ts";
import { createRouter, type FoundRoute } from "../kit/path-routes.ts";
import type { ApiCall, ApiRoutesTable } from "./answers.ts";
import { bulkRoutes } from "./bulk-routes.ts";
import { otherRoutes } from "./other-routes.ts";
import { noSuchPath, PlainRefusal, Refusal, unauthorized } from "./refusal.ts";
import type { State } from "./state.ts";
import { openRoutes } from "./subscription-routes.ts";
import { userRoutes } from "./user-routes.ts";

const maxBody = 100 * 1024 * 1024;
const tooMany = { statusCode: 429, message: "Too Many Requests" };
const serverError = { statusCode: 500, message: "Internal server error" };

/** The panel's API, `/api/…`: with its proxy's headers, its tokens, faults and records of calls. */
export class ApiRoutes {
  readonly #state: State;
  readonly #find: ReturnType<typeof createRouter<ApiCall>>;
  readonly #open: ReturnType<typeof createRouter<ApiCall>>;

  constructor(state: State) {
    this.#state = state;
    const routes: ApiRoutesTable = {
      ...bulkRoutes(state),
      ...userRoutes(state),
      ...otherRoutes(state),
    };
    this.#find = createRouter(routes);
    this.#open = createRouter(openRoutes(state));
  }

  async serve(request: Request): Promise<Reply | undefined> {
    const { method, path, raw } = request;
    const url = raw.url ?? path;
    const place = path.slice("/api".length);
    const open = this.#open(method, place);
    const route = open ?? this.#find(method, place);
    const name = route?.name ?? `${method} ${place}`;
    if (!this.#hasProxyHeaders(request)) {
      this.#record(name, 0);
      return dropConnection(request.response);
    }
    const reply = await this.#answer(request, url, route, open !== undefined);
    return reply;
  }

  async #answer(
    request: Request,
    url: string,
    route: FoundRoute<ApiCall> | undefined,
    isOpen: boolean,
  ): Promise<Reply | undefined> {
    const { method, path, query, raw } = request;
    const name = route?.name ?? `${method} ${path.slice("/api".length)}`;
    let username: string | undefined;
    try {
      const body = await readJsonBody(request);
      if (route === undefined) throw noSuchPath(method, url);
      if (!isOpen) this.#state.tokens.authorize(raw.headers, name);
      const call = { params: route.params, query, body, headers: raw.headers };
      username = this.#usernameOf(call);
      const perform = () => this.#perform(route, call, url, username);
      const fault = this.#state.faults.forCall(name, { username });
      if (fault === undefined) return await perform();
      if (fault.kind === "401") throw unauthorized();
      const save = () => this.#state.save();
      const errorReply = (status: number): Reply => {
        return { status, body: status === 429 ? tooMany : serverError };
      };
      const reply = await applyCallFault(fault, { request, perform, save, errorReply });
      if (!/after-success|slow/u.test(fault.kind)) this.#record(name, reply?.status ?? 0, username);
      return reply;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reply = error.reply(url, this.#state.clock.now());
      this.#record(name, reply.status, username);
      return reply;
    }
  }

  /** Carries a call out, and words its refusal. */
  async #perform(
    { name, run }: FoundRoute<ApiCall>,
    call: ApiCall,
    url: string,
    username: string | undefined,
  ): Promise<Reply> {
    let reply: Reply;
    try {
      reply = await run(call);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = error.reply(url, this.#state.clock.now());
    }
    this.#record(name, reply.status, username);
    return reply;
  }

  #hasProxyHeaders({ raw: { headers } }: Request): boolean {
    if (!this.#state.options.proxyHeaders) return true;
    return Boolean(headers["x-forwarded-for"]) && headers["x-forwarded-proto"] === "https";
  }

  /** Whom a call is about, by the path or the body. */
  #usernameOf({ params, body }: ApiCall): string | undefined {
    const { username, id, uuid, userId, userUuid } = (body ?? {}) as Record<string, unknown>;
    const named = params["username"] ?? username;
    if (typeof named === "string") return named;
    const { users, options } = this.#state;
    const key = params["user"] ?? id ?? userId ?? uuid ?? userUuid;
    const isId = options.version === "3";
    const user = isId ? users.find({ id: Number(key) }) : users.find({ uuid: String(key) });
    const shortUuid = params["shortUuid"];
    return (shortUuid === undefined ? user : users.find({ shortUuid }))?.username;
  }

  #record(method: string, status: number, username?: string): void {
    const time = this.#state.clock.now();
    const ok = status >= 200 && status < 300;
    this.#state.calls.record({ method, time, ok, status, username });
  }
}

/** @throws Refusal 400 for JSON that is broken. What is not sent as JSON is not read. */
async function readJsonBody({ raw }: Request): Promise<unknown> {
  const bytes = await readBody(raw, maxBody);
  if (!/^application\/json\b/iu.test(raw.headers["content-type"] ?? "")) return undefined;
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    const message = (error as Error).message;
    throw new PlainRefusal(400, { message, error: "Bad Request", statusCode: 400 });
  }
}
