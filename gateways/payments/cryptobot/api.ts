import * as z from "zod";
import { Refused, SlowDown } from "../../refused.ts";
import { postJson } from "../post-json.ts";
import { parseAsEvidence, parseOrUndefined } from "../wire-values.ts";
import { wire } from "../wire.ts";

const who = "Crypto Pay";

const failure = z.object({
  ok: z.literal(false),
  error: z.object({ code: wire.whole() }).loose(),
});
const success = z.object({ ok: z.literal(true), result: z.unknown() });
const reply = z.union([success, failure]);

const usualPauseMs = 1_000;

/** Where Crypto Pay is, and our app's token there. */
export interface CryptoPayAccess {
  readonly url: string;
  /** A secret; it is sent in a header only. */
  readonly token: string;
}

/**
 * Crypto Pay's methods (https://help.send.tg/en/articles/10279948-crypto-pay-api). 429 carries the
 * wait that it asks for; 401 is about our token, so it is an outage until the token is fixed; any
 * other 4xx is a refusal.
 * @throws Refused, SlowDown or Error accordingly.
 */
export class CryptoPayApi {
  readonly #access: CryptoPayAccess;

  constructor(access: CryptoPayAccess) {
    this.#access = access;
  }

  /** Calls a method; resolves with its result, whose numbers are texts as they were written. */
  async call<Schema extends z.ZodType>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    result: Schema,
  ): Promise<z.output<Schema>> {
    return (await this.callVerbatim(method, params, result)).result;
  }

  /** Also resolves with the result as it was sent, for evidence. */
  async callVerbatim<Schema extends z.ZodType>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    result: Schema,
  ): Promise<Verbatim<z.output<Schema>>> {
    const { url, token } = this.#access;
    const { text } = await postJson(who, {
      url: `${url.replace(/\/+$/u, "")}/api/${method}`,
      headers: { "crypto-pay-api-token": token },
      body: JSON.stringify(params),
    });
    const answer = reply.safeParse(parseOrUndefined(text));
    if (!answer.success) throw new Error(`${who} ${method}: the answer is not understood`);
    if (!answer.data.ok) throw refusal(method, answer.data.error);
    const read = result.safeParse(answer.data.result);
    if (read.success) {
      const { result: verbatim } = parseOrUndefined(text, parseAsEvidence) as {
        readonly result: unknown;
      };
      return { result: read.data, verbatim };
    }
    const place = read.error.issues[0]?.path.join(".") ?? "";
    throw new Error(`${who} ${method}: "${place}" of the answer is not understood`);
  }
}

/** A result, read and as it was sent. */
export interface Verbatim<Result> {
  readonly result: Result;
  readonly verbatim: unknown;
}

function refusal(method: string, error: { code: number; [more: string]: unknown }): Error {
  const { code, name } = error;
  // Only a plain error name is shown; nothing else of theirs gets into our messages.
  const word = typeof name === "string" && /^[A-Z0-9_]{1,64}$/u.test(name) ? name : "no name";
  const message = `${who} ${method}: ${code} ${word}`;
  if (code === 429) return new SlowDown(message, usualPauseMs);
  if (code === 401) return new Error(`${message}: check CRYPTOBOT_TOKEN`);
  if (code >= 500) return new Error(message);
  const hint = word === "METHOD_DISABLED" ? ": enable it in @CryptoBot, Security" : "";
  return new Refused(`${message}${hint}`);
}
