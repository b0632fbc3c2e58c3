import {
  dropConnection,
  fallSilent,
  HttpError,
  ok,
  readText,
  type Reply,
  type Request,
} from "../kit/http.ts";
import { isSame } from "../kit/secret.ts";
import type { CallFault } from "./faults.ts";
import { readWritten } from "./literals.ts";
import { findMethod } from "./methods/index.ts";
import { type Answer, answerOn, type Method } from "./methods/method.ts";
import type { Params } from "./params.ts";
import { Refusal } from "./refusal.ts";
import type { State } from "./state.ts";
import { tokenOf } from "./token.ts";

interface Call {
  readonly name: string;
  readonly method: Method;
  readonly params: Params;
}

/** The shop's side: `POST /v2/<method>`, JSON with a token over its root scalars. */
export class ApiRoutes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async serve(request: Request): Promise<Reply | undefined> {
    if (request.method !== "POST") throw new HttpError(405, "methods are called by POST");
    const name = request.path.slice("/v2/".length);
    const method = findMethod(name);
    if (method === undefined) throw new HttpError(404, "there is no such method");
    const call = { name, method, params: readWritten(await readText(request.raw)) };
    const refusal = this.#checkSender(call.params);
    if (refusal !== undefined) return this.#refuse(call, refusal);
    const fault = this.#state.faults.forCall(name, {
      payment_id: call.params.scalars.get("PaymentId"),
    });
    if (fault !== undefined) return this.#applyFault(request, call, fault);
    return this.#perform(call);
  }

  #checkSender({ scalars }: Params): Refusal | undefined {
    const { terminalKey, password } = this.#state.options;
    if (scalars.get("TerminalKey") !== terminalKey) return new Refusal("205");
    const token = scalars.get("Token") ?? "";
    return isSame(token, tokenOf(scalars, password)) ? undefined : new Refusal("204");
  }

  #perform(call: Call): Reply {
    try {
      const answer = call.method(this.#state, call.params);
      this.#record(call, undefined, answer);
      // A list of cards has no `Success` around it.
      if (isList(answer)) return ok(answer);
      return this.#answer({ Success: true, ErrorCode: "0", Message: "OK", Details: "" }, answer);
    } catch (error) {
      if (error instanceof Refusal) return this.#refuse(call, error);
      this.#record(call, "9999");
      throw error;
    }
  }

  async #applyFault(request: Request, call: Call, fault: CallFault): Promise<Reply | undefined> {
    switch (fault.kind) {
      case "429": {
        this.#record(call, "429");
        const headers = { "retry-after": String(fault.retry_after) };
        return { status: 429, body: "<html><h1>429 Too Many Requests</h1></html>", headers };
      }
      case "500":
        return { ...this.#refuse(call, new Refusal("9999")), status: 500 };
      case "502":
        this.#record(call, "502");
        return { status: 502, body: "<html><h1>502 Bad Gateway</h1></html>" };
      case "refuse":
        return this.#refuse(call, { code: fault.code, message: fault.name, details: "" });
      case "drop-connection":
        this.#record(call, "dropped");
        return dropConnection(request.response);
      case "timeout-after-success":
        this.#perform(call);
        this.#state.save();
        return fallSilent(request.response, fault.hold_ms);
    }
  }

  #refuse(call: Call, { code, message, details }: Omit<Refusal, "name">): Reply {
    this.#record(call, code);
    const outcome = { Success: false, ErrorCode: code, Message: message, Details: details };
    return this.#answer(outcome, this.#whatIsKnown(call));
  }

  /** A refusal, too, carries the payment's current state. */
  #whatIsKnown({ params: { scalars } }: Call): Answer {
    const payment = this.#state.payments.find(scalars.get("PaymentId") ?? "");
    return payment === undefined ? {} : answerOn(payment);
  }

  #answer(outcome: Answer, answer: Answer): Reply {
    return ok({ ...outcome, TerminalKey: this.#state.options.terminalKey, ...answer });
  }

  #record(
    { name: method, params: { scalars } }: Call,
    error?: string,
    answer: Answer | readonly Answer[] = {},
  ): void {
    const known = isList(answer) ? {} : answer;
    const payment_id = scalars.get("PaymentId") ?? (known["PaymentId"] as string | undefined);
    const order_id = scalars.get("OrderId") ?? (known["OrderId"] as string | undefined);
    const time = this.#state.options.now();
    const ids = { payment_id, order_id };
    this.#state.calls.record({ method, ...ids, time, ok: error === undefined, error });
  }
}

const isList = (answer: Answer | readonly Answer[]): answer is readonly Answer[] =>
  Array.isArray(answer);
