import type { HostTrouble } from "../../../domain/access/host-report.ts";
import { HostRefused } from "../trouble.ts";
import { PanelApi, type PanelAnswer, type PanelCall, PanelFailure } from "./call.ts";
import * as z from "zod";

const token = z.object({ access_token: z.string().min(1) });

/** What the panel says when it refuses: a text, or texts by field. */
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

type SignIn = Extract<AdminAccount, { readonly password: string }>;

const troubleIn = ({ status }: PanelAnswer): HostTrouble => (status === 403 ? "rights" : "other");

/** @throws Refused with the panel's reason when it says no. */
export function requireOk(answer: PanelAnswer): void {
  if (answer.status >= 400) throw new HostRefused(troubleIn(answer), reasonIn(answer));
}

/** An admin of the panel. */
export type AdminAccount =
  | { readonly username: string; readonly password: string }
  | { readonly apiKey: string };

/**
 * The API of Marzban and its kin as an admin. With a password it signs in at the first call, and
 * again once when a token is refused, as after a day or a changed password.
 */
export class AdminApi {
  readonly #api: PanelApi;
  readonly #account: AdminAccount;
  #token: Promise<string> | undefined;

  constructor(url: string, account: AdminAccount) {
    this.#api = new PanelApi(url);
    this.#account = account;
  }

  /**
   * An answer below 500 other than 401.
   * @throws Refused when the panel does not know the admin or denies them this.
   */
  async call(call: PanelCall): Promise<PanelAnswer> {
    if ("apiKey" in this.#account) {
      const headers = { "x-api-key": this.#account.apiKey };
      const answer = await this.#api.call({ ...call, headers });
      if (answer.status !== 401) return answer;
      const unknown = "the panel does not know this API key: check it, and whether it has ended";
      throw new HostRefused("credentials", unknown);
    }
    const answer = await this.#callWith(await this.#signIn(this.#account), call);
    if (answer.status !== 401) return answer;
    this.#token = undefined;
    const again = await this.#callWith(await this.#signIn(this.#account), call);
    if (again.status !== 401) return again;
    throw new HostRefused("credentials", "the panel refuses the token that it has just given us");
  }

  #callWith(bearer: string, call: PanelCall): Promise<PanelAnswer> {
    return this.#api.call({ ...call, headers: { authorization: `Bearer ${bearer}` } });
  }

  /** Parallel calls sign in once. */
  #signIn(account: SignIn): Promise<string> {
    this.#token ??= this.#askForToken(account).catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  async #askForToken({ username, password }: SignIn): Promise<string> {
    const answer = await this.#api.call({
      method: "POST",
      path: "/api/admin/token",
      body: new URLSearchParams({ grant_type: "password", username, password }),
    });
    if (answer.status === 401 || answer.status === 400) {
      const unknown = "the panel does not know this admin and password: check both";
      throw new HostRefused("credentials", unknown);
    }
    const read = token.safeParse(answer.json);
    if (!read.success) {
      const nobody = `no panel answers at this URL (HTTP ${answer.status}): check the URL`;
      throw new PanelFailure(nobody, { trouble: "url" });
    }
    return read.data.access_token;
  }
}
