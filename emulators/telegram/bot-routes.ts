import { setTimeout as sleep } from "node:timers/promises";
import {
  dropConnection,
  fallSilent,
  HttpError,
  ok,
  type Reply,
  type Request,
} from "../kit/http.ts";
import { isSame } from "../kit/secret.ts";
import { readCallBody } from "./call-body.ts";
import type { CallFault } from "./faults.ts";
import { bytesOf } from "./files.ts";
import { findMethod } from "./methods/index.ts";
import type { Call } from "./params.ts";
import { forbidden, Refusal, tooMany } from "./refusal.ts";
import type { State } from "./state.ts";

/** The bot's side: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export class BotRoutes {
  readonly #state: State;
  readonly #token: string;

  constructor(state: State, token: string) {
    this.#state = state;
    this.#token = token;
  }

  async serve(request: Request): Promise<Reply | undefined> {
    try {
      return await this.#route(request);
    } catch (error) {
      if (error instanceof Refusal) return refusalReply(error);
      if (error instanceof HttpError) {
        const title = error.status === 413 ? "Request Entity Too Large" : "Bad Request";
        return refusalReply(new Refusal(error.status, `${title}: ${error.message}`));
      }
      throw error;
    }
  }

  /** Runs one call and keeps a record of it. @throws Refusal. */
  async perform(call: Call): Promise<unknown> {
    const method = findMethod(call.method);
    if (method === undefined) throw new Refusal(404, "Not Found: method not found");
    const record = { method: method.name, chat_id: chatOf(call), time: Date.now() };
    try {
      const result = await method.run(this.#state, call);
      this.#state.calls.record({ ...record, ok: true });
      return result;
    } catch (error) {
      const error_code = error instanceof Refusal ? error.code : 500;
      this.#state.calls.record({ ...record, ok: false, error_code });
      throw error;
    }
  }

  async #route(request: Request): Promise<Reply | undefined> {
    const [, isFile, token = "", rest = ""] =
      /^\/(file\/)?bot([^/]+)\/(.+)$/u.exec(request.path) ?? [];
    if (rest === "") throw new Refusal(404, "Not Found");
    if (!isSame(token, this.#token)) throw new Refusal(401, "Unauthorized");
    return isFile ? this.#download(rest) : this.#call(request, rest);
  }

  #download(path: string): Reply {
    const file = this.#state.files.findByPath(path);
    if (file === undefined) throw new Refusal(404, "Not Found");
    return ok(bytesOf(file));
  }

  async #call(request: Request, method: string): Promise<Reply | undefined> {
    const body = await readCallBody(request);
    const connection = new AbortController();
    request.response.once("close", () => connection.abort());
    const call: Call = { method, ...body, hungUp: connection.signal };
    const fault = this.#state.faults.forCall(method, chatOf(call));
    if (fault) return this.#applyFault(request, call, fault);
    return ok({ ok: true, result: await this.perform(call) });
  }

  async #applyFault(request: Request, call: Call, fault: CallFault): Promise<Reply | undefined> {
    switch (fault.kind) {
      case "429":
        return this.#refuse(call, tooMany(fault.retry_after));
      case "403":
        return this.#refuse(call, forbidden("bot was blocked by the user"));
      case "500":
        return this.#refuse(call, new Refusal(500, "Internal Server Error"));
      case "502":
        this.#recordRefused(call, 502);
        return { status: 502, body: "<html><h1>502 Bad Gateway</h1></html>" };
      case "drop-connection":
        this.#recordRefused(call, 0);
        return dropConnection(request.response);
      case "slow":
        await sleep(fault.hold_ms, undefined, { ref: false });
        return call.hungUp.aborted ? undefined : ok({ ok: true, result: await this.perform(call) });
      case "timeout-after-success":
        await this.perform(call);
        this.#state.save();
        return fallSilent(request.response, fault.hold_ms);
    }
  }

  #refuse(call: Call, refusal: Refusal): Reply {
    this.#recordRefused(call, refusal.code);
    return refusalReply(refusal);
  }

  #recordRefused(call: Call, error_code: number): void {
    const method = findMethod(call.method)?.name ?? call.method;
    const chat_id = chatOf(call);
    this.#state.calls.record({ method, chat_id, time: Date.now(), ok: false, error_code });
  }
}

function chatOf({ params }: Call): number | undefined {
  const id = Number(params["chat_id"] ?? Number.NaN);
  return Number.isSafeInteger(id) ? id : undefined;
}

function refusalReply({ code, message, retryAfter }: Refusal): Reply {
  const body = { ok: false, error_code: code, description: message };
  if (retryAfter === undefined) return { status: code, body };
  const headers = { "retry-after": String(retryAfter) };
  return { status: code, headers, body: { ...body, parameters: { retry_after: retryAfter } } };
}
