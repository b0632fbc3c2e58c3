import * as z from "zod";
import { Refused, SlowDown } from "../../refused.ts";
import { postJson } from "../post-json.ts";
import { parseAsEvidence, parseLiterally } from "../wire-values.ts";
import { wire } from "../wire.ts";

const who = "Crypto Pay";

const failure = z.object({
  ok: z.literal(false),
  error: z.object({ code: wire.whole() }).loose(),
});
const success = z.object({ ok: z.literal(true), result: z.unknown() });
const reply = z.union([success, failure]);

const usualPauseMs = 1_000;

/** Where Crypto Pay is, and who we are there. */
export interface CryptoPayAccess {
  readonly url: string;
  /** A secret; it travels in a header alone. */
  readonly token: string;
}

/**
 * Crypto Pay's methods (https://help.send.tg/en/articles/10279948-crypto-pay-api). 429 carries the wait that it
 * asks for; 401 is about our token, so it is an outage until the token is mended; any other 4xx is a refusal.
 */
export class CryptoPayApi {
  readonly #access: CryptoPayAccess;

  constructor(access: CryptoPayAccess) {
    this.#access = access;
  }

  /** The result; its numbers are texts, as they were written. */
  async ask<Schema extends z.ZodType>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    result: Schema,
  ): Promise<z.output<Schema>> {
    return (await this.askVerbatim(method, params, result)).result;
  }

  /** The same, and what was said word for word. */
  async askVerbatim<Schema extends z.ZodType>(
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
    const told = reply.safeParse(parsed(text, parseLiterally));
    if (!told.success) throw new Error(`${who} ${method}: the answer is not understood`);
    if (!told.data.ok) throw refusal(method, told.data.error);
    const read = result.safeParse(told.data.result);
    if (read.success) {
      const { result: said } = parsed(text, parseAsEvidence) as { readonly result: unknown };
      return { result: read.data, said };
    }
    const place = read.error.issues[0]?.path.join(".") ?? "";
    throw new Error(`${who} ${method}: "${place}" of the answer is not understood`);
  }
}

export interface Verbatim<Result> {
  readonly result: Result;
  readonly said: unknown;
}

function parsed(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function refusal(method: string, error: { code: number; [more: string]: unknown }): Error {
  const { code, name } = error;
  // A name is a word of theirs; anything else stays out of our messages.
  const word = typeof name === "string" && /^[A-Z0-9_]{1,64}$/u.test(name) ? name : "no name";
  const message = `${who} ${method}: ${code} ${word}`;
  if (code === 429) return new SlowDown(message, usualPauseMs);
  if (code === 401) return new Error(`${message}: check CRYPTOBOT_TOKEN`);
  if (code >= 500) return new Error(message);
  const remedy = word === "METHOD_DISABLED" ? ": enable it in @CryptoBot, Security" : "";
  return new Refused(`${message}${remedy}`);
}
