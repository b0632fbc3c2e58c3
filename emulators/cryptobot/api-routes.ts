import {
  dropConnection,
  fallSilent,
  HttpError,
  ok,
  type Reply,
  type Request,
} from "../kit/http.ts";
import { isSame } from "../kit/secret.ts";
import type { CallFault } from "./faults.ts";
import { findMethod } from "./methods/index.ts";
import { type Params, readParams } from "./params.ts";
import { Refusal } from "./refusal.ts";
import type { State } from "./state.ts";

interface Call {
  readonly method: string;
  readonly params: Params;
}

/** The shop's side: `/api/<method>` with the header `Crypto-Pay-API-Token`. */
export class ApiRoutes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async serve(request: Request): Promise<Reply | undefined> {
    try {
      return await this.#call(request);
    } catch (error) {
      if (error instanceof Refusal) return refusalReply(error);
      if (error instanceof HttpError)
        return refusalReply(new Refusal(error.status, "BODY_INVALID"));
      throw error;
    }
  }

  async #call(request: Request): Promise<Reply | undefined> {
    const token = request.raw.headers["crypto-pay-api-token"];
    if (!isSame(String(token ?? ""), this.#state.options.token)) {
      throw new Refusal(401, "UNAUTHORIZED");
    }
    const method = request.path.slice("/api/".length);
    const call = { method, params: await readParams(request) };
    const fault = this.#state.faults.forCall(method, { invoice_id: invoiceOf(call.params) });
    if (fault) return this.#applyFault(request, call, fault);
    return ok({ ok: true, result: this.#perform(call) });
  }

  #perform(call: Call): unknown {
    try {
      const method = findMethod(call.method);
      if (method === undefined) throw new Refusal(405, "METHOD_NOT_FOUND");
      const result = method(this.#state, call.params);
      this.#record(call, undefined, result);
      return result;
    } catch (error) {
      this.#record(call, error instanceof Refusal ? error.message : "INTERNAL");
      throw error;
    }
  }

  async #applyFault(request: Request, call: Call, fault: CallFault): Promise<Reply | undefined> {
    switch (fault.kind) {
      case "429":
        return this.#refuse(call, new Refusal(429, "TOO_MANY_REQUESTS", fault.retry_after));
      case "500":
        return this.#refuse(call, new Refusal(500, "INTERNAL_SERVER_ERROR"));
      case "refuse":
        return this.#refuse(call, new Refusal(fault.code, fault.name));
      case "502":
        this.#record(call, "502");
        return { status: 502, body: "<html><h1>502 Bad Gateway</h1></html>" };
      case "drop-connection":
        this.#record(call, "dropped");
        return dropConnection(request.response);
      case "timeout-after-success":
        this.#perform(call);
        this.#state.save();
        return fallSilent(request.response, fault.hold_ms);
    }
  }

  #refuse(call: Call, refusal: Refusal): Reply {
    this.#record(call, refusal.message);
    return refusalReply(refusal);
  }

  #record({ method, params }: Call, error?: string, result?: unknown): void {
    const invoice_id = invoiceOf(params) ?? invoiceOf((result ?? {}) as Params);
    const spend = params["spend_id"];
    const spend_id = typeof spend === "string" ? spend : undefined;
    const time = this.#state.options.now();
    this.#state.calls.record({ method, invoice_id, spend_id, time, ok: !error, error });
  }
}

function invoiceOf(params: Params): number | undefined {
  const id = Number(params["invoice_id"] ?? Number.NaN);
  return Number.isSafeInteger(id) ? id : undefined;
}

function refusalReply({ code, message, retryAfter }: Refusal): Reply {
  const body = { ok: false, error: { code, name: message } };
  if (retryAfter === undefined) return { status: code, body };
  return { status: code, body, headers: { "retry-after": String(retryAfter) } };
}
