import { isSame } from "../kit/secret.ts";
import type { PanelCore } from "../panel-kit/core.ts";
import { readJwt, signJwt } from "../panel-kit/jwt.ts";
import { Refusal, unauthorized } from "../panel-kit/refusal.ts";
import type { Settings } from "./options.ts";

/** An administrator as the database has it. */
export interface Admin {
  readonly username: string;
  readonly password: string;
  readonly is_sudo: boolean;
  readonly telegram_id: number | null;
  readonly discord_webhook: string | null;
  /** The traffic of their users. */
  readonly users_usage: number | null;
  readonly passwordResetMs: number | null;
}

/** An administrator as answers show them. */
export const viewAdmin = (admin: Admin): object => ({
  username: admin.username,
  is_sudo: admin.is_sudo,
  telegram_id: admin.telegram_id,
  discord_webhook: admin.discord_webhook,
  users_usage: admin.users_usage,
});

/** The panel's administrators, and who of them is calling. */
export class Admins {
  readonly #core: PanelCore;
  readonly #options: Settings;

  constructor(core: PanelCore, options: Settings) {
    this.#core = core;
    this.#options = options;
    this.begin();
  }

  /** Makes the administrators of the options, unless they are there. */
  begin(): void {
    const { username, password, sudoUsername, sudoPassword, sudoInEnvironment } = this.#options;
    if (!sudoInEnvironment) this.#makeOnce(sudoUsername, sudoPassword, true);
    this.#makeOnce(username, password, false);
  }

  get #rows() {
    return this.#core.table<Admin>("admins");
  }

  find(username: string): Admin | undefined {
    return this.#rows.get(username);
  }

  list(): readonly Admin[] {
    return [...this.#rows.values()];
  }

  save(admin: Admin): void {
    this.#rows.set(admin.username, admin);
  }

  remove(username: string): void {
    this.#rows.delete(username);
  }

  /** An administrator with this password. @throws Refusal 409 where the name is taken. */
  create(given: Pick<Admin, "username" | "password" | "is_sudo"> & Partial<Admin>): Admin {
    if (this.#rows.has(given.username)) throw new Refusal(409, "Admin already exists");
    const blank = { telegram_id: null, discord_webhook: null, passwordResetMs: null };
    const admin: Admin = { ...blank, users_usage: 0, ...given };
    this.save(admin);
    return admin;
  }

  /** A token for who knows the password. @throws Refusal 401. */
  signIn(username: string, password: string): string {
    const admin = this.#inEnvironment(username) ?? this.find(username);
    if (admin === undefined || !isSame(admin.password, password)) {
      throw unauthorized("Incorrect username or password");
    }
    const iat = Math.floor(this.#core.clock.now() / 1_000);
    const access = admin.is_sudo ? "sudo" : "admin";
    const exp = iat + this.#options.tokenMinutes * 60;
    return signJwt({ sub: username, access, iat, exp }, this.#core.secret);
  }

  /**
   * Who is calling, by the header `Authorization`.
   * @throws Refusal 401: without a token, or with one that is wrong, old, or older than the
   *   password. A token counts in whole seconds, so that one of the same second is too old.
   */
  identify(header: string | undefined): Admin {
    const [scheme = "", token = ""] = (header ?? "").split(" ");
    if (scheme.toLowerCase() !== "bearer") throw unauthorized("Not authenticated");
    const claims = readJwt(token, this.#core.secret, this.#core.clock.now());
    const admin = claims && (this.#inEnvironment(claims.sub) ?? this.find(claims.sub));
    if (admin === undefined || (admin.passwordResetMs ?? 0) > (claims?.iat ?? 0) * 1_000) {
      throw unauthorized("Could not validate credentials");
    }
    return admin;
  }

  /** The same, of the owner. @throws Refusal 401, or 403 for all others. */
  identifySudo(header: string | undefined): Admin {
    const admin = this.identify(header);
    if (!admin.is_sudo) throw new Refusal(403, "You're not allowed");
    return admin;
  }

  #inEnvironment(username: string): Admin | undefined {
    const { sudoInEnvironment, sudoUsername, sudoPassword: password } = this.#options;
    if (!sudoInEnvironment || username !== sudoUsername) return undefined;
    const blank = { telegram_id: null, discord_webhook: null, passwordResetMs: null };
    return { username, password, is_sudo: true, ...blank, users_usage: null };
  }

  #makeOnce(username: string, password: string, is_sudo: boolean): void {
    if (!this.#rows.has(username)) this.create({ username, password, is_sudo });
  }
}
