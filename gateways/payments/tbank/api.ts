import { createHash } from "node:crypto";
import * as z from "zod";
import { Refused, SlowDown } from "../../refused.ts";
import { postJson } from "../post-json.ts";
import { parseOrUndefined } from "../wire-values.ts";
import { wire } from "../wire.ts";
import { signedText } from "./protocol.ts";

const who = "T-Bank";

/** A terminal at T-Bank. The password is a secret; it is used only to make tokens. */
export interface TBankAccess {
  readonly url: string;
  readonly terminalKey: string;
  readonly password: string;
}

/** T-Bank refused, with a code of its list. */
export class TBankRefusal extends Refused {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** An answer of T-Bank. */
export interface TBankAnswer<Fields> {
  readonly fields: Fields;
  /** The whole answer, verbatim. */
  readonly text: string;
}

const envelope = z.looseObject({
  Success: wire.flag(),
  ErrorCode: z.string(),
  Message: wire.maybeText(),
  Details: wire.maybeText(),
});

/** Temporary: nothing was done, and the request may be repeated. */
const temporary = new Set(["99", "120", "1030", "1034", "1089", "9001", "9999"]);
/** Our terminal's fault: the request is good, and works when the terminal is fixed. */
const ownFault = new Set(["202", "204", "205"]);
/** An SBP refund was tried five times today. */
const tooManyTries = "3030";
const triesPauseMs = 3_600_000;

/**
 * T-Bank's MerchantAPI v2 (https://developer.tbank.ru/eacq). Its numbers are read as the text that
 * was written. A refusal carries the bank's code and text; a temporary failure, and one of our
 * terminal, is an outage.
 */
export class TBankApi {
  readonly #access: TBankAccess;

  constructor(access: TBankAccess) {
    this.#access = access;
  }

  /** Calls a method, with a token. @throws TBankRefusal, SlowDown or Error, see above. */
  async call<Schema extends z.ZodType>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    result: Schema,
  ): Promise<TBankAnswer<z.output<Schema>>> {
    const { status, text } = await this.#post(method, params);
    const json = parseOrUndefined(text);
    const reply = this.#envelopeOf(method, status, json);
    if (!reply.Success) throw this.#refusal(method, params, reply);
    const read = result.safeParse(json);
    if (read.success) return { fields: read.data, text };
    const place = read.error.issues[0]?.path.join(".") ?? "";
    throw new Error(`${who} ${method}: "${place}" of the answer is not understood`);
  }

  /**
   * Calls a method that answers with a bare list, and with the usual envelope when it refuses.
   * Entries are left to the caller, since each may be unreadable on its own.
   * @throws TBankRefusal, SlowDown or Error, see above.
   */
  async list(
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<readonly unknown[]> {
    const { status, text } = await this.#post(method, params);
    const json = parseOrUndefined(text);
    if (Array.isArray(json)) return json;
    const reply = this.#envelopeOf(method, status, json);
    if (!reply.Success) throw this.#refusal(method, params, reply);
    throw new Error(`${who} ${method}: the answer is not a list`);
  }

  #post(method: string, params: Readonly<Record<string, unknown>>) {
    const { url, terminalKey, password } = this.#access;
    const signed = { ...params, TerminalKey: terminalKey };
    const signature = createHash("sha256").update(signedText(signed, password)).digest("hex");
    return postJson(who, {
      url: `${url.replace(/\/+$/u, "")}/v2/${method}`,
      body: JSON.stringify({ ...signed, Token: signature }),
    });
  }

  #envelopeOf(method: string, status: number, json: unknown): z.output<typeof envelope> {
    const reply = envelope.safeParse(json);
    if (reply.success) return reply.data;
    const hint = status === 403 ? ": ask the bank to let this server's address in" : "";
    throw new Error(`${who} ${method}: HTTP ${status} is not understood${hint}`);
  }

  #refusal(
    method: string,
    params: Readonly<Record<string, unknown>>,
    { ErrorCode: code, Message, Details }: z.output<typeof envelope>,
  ): Error {
    const details = [Message, Details].filter(Boolean).join(": ").slice(0, 200);
    // The bank might repeat what it was sent: secrets are not shown here.
    const { RebillId: token = "" } = params;
    const shown = details
      .replaceAll(this.#access.password, "(password)")
      .replaceAll(typeof token === "string" && token !== "" ? token : /$^/gu, "(secret)");
    const message = `${who} ${method}: ${code} ${shown}`;
    if (ownFault.has(code))
      return new Error(`${message}: check TBANK_TERMINAL_KEY and TBANK_PASSWORD`);
    if (temporary.has(code)) return new Error(message);
    if (code === tooManyTries) return new SlowDown(message, triesPauseMs);
    return new TBankRefusal(code, message);
  }
}
