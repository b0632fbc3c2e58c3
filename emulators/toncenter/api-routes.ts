import { dropConnection, fallSilent, HttpError, type Reply, type Request } from "../kit/http.ts";
import type { CallFault } from "./faults.ts";
import { Refusal } from "./list-query.ts";
import type { Settings } from "./options.ts";
import type { State } from "./state.ts";
import { V2Routes } from "./v2-routes.ts";
import { V3Routes } from "./v3-routes.ts";

interface Call {
  readonly name: string;
  readonly version: "v2" | "v3";
  readonly perform: () => Promise<Reply>;
}

/**
 * The errors of toncenter's gateway, before any method is reached [TON:ecosystem/api/toncenter].
 */
const gateWords = {
  "401": "API key does not exist",
  "403": "Network not allowed",
  "429": "Ratelimit exceed",
} as const;

/** The API: `/api/v3/…` and `/api/v2/jsonRPC`, with keys, faults and a record of calls. */
export class ApiRoutes {
  readonly #state: State;
  readonly #settings: Settings;
  readonly #v2: V2Routes;
  readonly #v3: V3Routes;

  constructor(state: State, settings: Settings) {
    this.#state = state;
    this.#settings = settings;
    this.#v2 = new V2Routes(state);
    this.#v3 = new V3Routes(state, settings.defaultLimit);
  }

  async serve(request: Request): Promise<Reply | undefined> {
    const call = await this.#readCall(request);
    if (call === undefined) throw new HttpError(404, "there is nothing here");
    const reply = await this.#answer(call, request);
    this.#record(call, request, reply?.status ?? 0);
    return reply;
  }

  async #readCall(request: Request): Promise<Call | undefined> {
    const { path } = request;
    if (path === "/api/v2/jsonRPC" && request.method === "POST") {
      const body = await V2Routes.readBody(request);
      return { name: V2Routes.nameOf(body), version: "v2", perform: () => this.#v2.serve(body) };
    }
    const [, name] = /^\/api\/v3\/(.+)$/u.exec(path) ?? [];
    if (name === undefined) return undefined;
    return { name, version: "v3", perform: () => this.#v3.serve(name, request) };
  }

  async #answer(call: Call, request: Request): Promise<Reply | undefined> {
    const refusal = this.#checkKey(request);
    if (refusal !== undefined) return gateReply(refusal);
    const fault = this.#state.faults.forCall(call.name);
    if (fault !== undefined) return this.#applyFault(call, request, fault);
    return performCall(call);
  }

  #checkKey({ raw, query }: Request): "401" | "403" | undefined {
    const header = raw.headers["x-api-key"];
    const key = typeof header === "string" ? header : query.get("api_key");
    if (key === null || key === "") return undefined;
    if (this.#settings.otherNetworkKeys.includes(key)) return "403";
    const { apiKeys } = this.#settings;
    return apiKeys === undefined || apiKeys.includes(key) ? undefined : "401";
  }

  async #applyFault(call: Call, request: Request, fault: CallFault): Promise<Reply | undefined> {
    switch (fault.kind) {
      case "401":
      case "403":
      case "429":
        return gateReply(fault.kind);
      case "500":
        return refusalReply(call, new Refusal(500, "internal server error: timeout"));
      case "502":
      case "503":
        return { status: Number(fault.kind), body: `<html><h1>${fault.kind}</h1></html>` };
      case "drop-connection":
        return dropConnection(request.response);
      case "timeout-after-success":
        await performCall(call);
        void fallSilent(request.response, fault.hold_ms);
        return undefined;
    }
  }

  #record({ name }: Call, { query }: Request, status: number): void {
    const asked = Object.fromEntries([...query].filter(([key]) => key !== "api_key"));
    this.#state.calls.record({ method: name, query: asked, time: Date.now(), status });
  }
}

async function performCall(call: Call): Promise<Reply> {
  try {
    return await call.perform();
  } catch (error) {
    if (error instanceof Refusal) return refusalReply(call, error);
    if (error instanceof HttpError) return refusalReply(call, new Refusal(422, error.message));
    throw error;
  }
}

const gateReply = (status: keyof typeof gateWords): Reply => ({
  status: Number(status),
  body: { ok: false, result: gateWords[status], code: Number(status) },
});

/** v2 has an envelope, v3 only the message. */
function refusalReply({ version }: Call, { code, message }: Refusal): Reply {
  const body = version === "v3" ? { error: message } : { ok: false, error: message, code };
  return { status: code, body };
}
