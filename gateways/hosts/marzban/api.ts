import { Refused } from "../../refused.ts";
import { PanelApi, type PanelAnswer, type PanelCall, PanelFailure } from "../panel/call.ts";
import * as z from "zod";

const token = z.object({ access_token: z.string().min(1) });

/** What Marzban says when it refuses: a text, or texts by field. */
const refusal = z.object({ detail: z.union([z.string(), z.record(z.string(), z.string())]) });

/** The answer's own words, which hold no secret: names of fields and what is wrong with them. */
export function reasonIn({ status, json }: PanelAnswer): string {
  const detail = refusal.safeParse(json).data?.detail;
  const words =
    typeof detail === "object"
      ? Object.entries(detail).map(([field, what]) => `${field}: ${what}`)
      : [detail ?? "without a reason"];
  return `the panel refuses (HTTP ${status}): ${words.join("; ").slice(0, 200)}`;
}

/**
 * Marzban's API as an admin: signs in at the first call, and again once when a token is refused, as
 * after a day or a changed password.
 */
export class MarzbanApi {
  readonly #api: PanelApi;
  readonly #account: { readonly username: string; readonly password: string };
  #token: Promise<string> | undefined;

  constructor(url: string, account: { readonly username: string; readonly password: string }) {
    this.#api = new PanelApi(url);
    this.#account = account;
  }

  /**
   * An answer below 500 other than 401.
   * @throws Refused when the panel does not know the admin or denies them this.
   */
  async call(call: PanelCall): Promise<PanelAnswer> {
    const answer = await this.#callWith(await this.#signIn(), call);
    if (answer.status !== 401) return answer;
    this.#token = undefined;
    const again = await this.#callWith(await this.#signIn(), call);
    if (again.status !== 401) return again;
    throw new Refused("the panel refuses the token that it has just given us");
  }

  #callWith(bearer: string, call: PanelCall): Promise<PanelAnswer> {
    return this.#api.call({ ...call, headers: { authorization: `Bearer ${bearer}` } });
  }

  /** Parallel calls sign in once. */
  #signIn(): Promise<string> {
    this.#token ??= this.#askForToken().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  async #askForToken(): Promise<string> {
    const { username, password } = this.#account;
    const answer = await this.#api.call({
      method: "POST",
      path: "/api/admin/token",
      body: new URLSearchParams({ grant_type: "password", username, password }),
    });
    if (answer.status === 401 || answer.status === 400) {
      throw new Refused("the panel does not know this admin and password: check both");
    }
    const read = token.safeParse(answer.json);
    if (!read.success) {
      throw new PanelFailure(`no panel answers at this URL (HTTP ${answer.status}): check the URL`);
    }
    return read.data.access_token;
  }
}
