import type { IncomingHttpHeaders } from "node:http";
import type { Table } from "../kit/journal.ts";
import { isSame } from "../kit/secret.ts";
import type { Settings } from "./options.ts";
import { forbidden, unauthorized } from "./refusal.ts";
import { mayCall } from "./scopes.ts";

/** What became of the API token. */
export type TokenState = "valid" | "expired" | "deleted";

const stateKey = "token.state";
const cachedKey = "token.cachedUntil";
const cacheMs = 3_600_000;

/** What the tokens are made of. */
export interface TokensParts {
  readonly settings: Table<string>;
  readonly options: Pick<Settings, "token" | "adminToken" | "scopes">;
  readonly now: () => number;
}

/** Who may call the API. The panel remembers a token that it has let in for an hour. */
export class Tokens {
  readonly #parts: TokensParts;

  constructor(parts: TokensParts) {
    this.#parts = parts;
  }

  get state(): TokenState {
    return (this.#parts.settings.get(stateKey) as TokenState | undefined) ?? "valid";
  }

  set state(state: TokenState) {
    this.#parts.settings.set(stateKey, state);
  }

  /** @throws Refusal 401 for anything but a token, 403 for one that may not do this. */
  authorize(headers: IncomingHttpHeaders, route: string): void {
    const { settings, options, now } = this.#parts;
    const bearer = /^Bearer (?<token>\S+)$/iu.exec(headers.authorization ?? "")?.groups?.["token"];
    const given = bearer ?? "";
    if (isSame(given, options.adminToken)) {
      if (headers["x-remnawave-client-type"] === "browser") return;
      throw forbidden("For API requests you must create own API-token in the admin dashboard.");
    }
    if (!isSame(given, options.token) || this.state === "expired") throw unauthorized();
    const isCached = Number(settings.get(cachedKey) ?? 0) > now();
    if (!isCached && this.state === "deleted") throw forbidden();
    if (!isCached) settings.set(cachedKey, String(now() + cacheMs));
    if (!mayCall(options.scopes, route)) throw forbidden();
  }

  clear(): void {
    this.#parts.settings.delete(stateKey);
    this.#parts.settings.delete(cachedKey);
  }
}
