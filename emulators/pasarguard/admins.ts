import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isSame } from "../kit/secret.ts";
import type { PanelCore } from "../panel-kit/core.ts";
import { readJwt, signJwt } from "../panel-kit/jwt.ts";
import { Refusal, unauthorized } from "../panel-kit/refusal.ts";
import type { Settings } from "./options.ts";
import { firstRoles, type Role } from "./roles.ts";

/** An administrator as the database has it. */
export interface Admin {
  readonly id: number;
  readonly username: string;
  readonly password: string;
  readonly roleId: number;
  readonly used_traffic: number;
  readonly status: "active" | "disabled";
  readonly passwordResetMs: number | null;
}

/** A key that stands for an administrator. */
export interface ApiKey {
  readonly id: number;
  readonly adminId: number;
  readonly name: string;
  readonly note: string | null;
  /** Shown once, when it is made. */
  readonly secret: string;
  readonly expireMs: number | null;
  readonly createdMs: number;
}

/** Who is calling, with what they may do. */
export interface Caller {
  readonly admin: Admin;
  readonly role: Role;
}

const denied = "Could not validate credentials";

/** The panel's administrators, their roles and keys, and who of them is calling. */
export class Admins {
  readonly #core: PanelCore;
  readonly #options: Settings;

  constructor(core: PanelCore, options: Settings) {
    this.#core = core;
    this.#options = options;
    this.begin();
  }

  /** Makes the roles, administrators and the key of the options, unless they are there. */
  begin(): void {
    if (this.roles.size > 0) return;
    for (const role of firstRoles) this.roles.set(role.id, role);
    const { username, password, ownerUsername, ownerPassword, apiKey } = this.#options;
    this.create(ownerUsername, ownerPassword, "owner");
    const shop = this.create(username, password, "shop");
    this.createKey(shop, { name: "emulator", note: null, expireMs: null }, apiKey);
  }

  get roles() {
    return this.#core.table<Role>("roles");
  }

  get keys() {
    return this.#core.table<ApiKey>("keys");
  }

  get #rows() {
    return this.#core.table<Admin>("admins");
  }

  find(id: number | null): Admin | undefined {
    return id === null ? undefined : this.#rows.get(id);
  }

  findByName(username: string): Admin | undefined {
    return this.list().find((admin) => admin.username === username);
  }

  list(): readonly Admin[] {
    return [...this.#rows.values()];
  }

  save(admin: Admin): Admin {
    this.#rows.set(admin.id, admin);
    return admin;
  }

  /** @throws Refusal 409 where the name is taken, 404 where there is no such role. */
  create(username: string, password: string, roleName: string): Admin {
    if (this.findByName(username)) throw new Refusal(409, "Admin already exists");
    const role = [...this.roles.values()].find(({ name }) => name === roleName);
    if (role === undefined) throw new Refusal(404, "Role not found");
    const blank = { used_traffic: 0, status: "active" as const, passwordResetMs: null };
    const id = this.#core.nextId("admins");
    return this.save({ id, username, password, roleId: role.id, ...blank });
  }

  /** @throws Refusal 409 where the administrator has a key of this name. */
  createKey(
    admin: Admin,
    given: Pick<ApiKey, "name" | "note" | "expireMs">,
    secret = `pg_key_${randomUUID()}`,
  ): ApiKey {
    const isTaken = [...this.keys.values()].some(
      ({ adminId, name }) => adminId === admin.id && name === given.name,
    );
    if (isTaken) throw new Refusal(409, "API key name already exists");
    const createdMs = this.#core.clock.now();
    const key = { id: this.#core.nextId("keys"), adminId: admin.id, secret, createdMs, ...given };
    this.keys.set(key.id, key);
    return key;
  }

  /** A token for who knows the password. @throws Refusal 401. */
  signIn(username: string, password: string): string {
    const admin = this.findByName(username);
    if (admin === undefined || !isSame(admin.password, password)) {
      throw unauthorized("Incorrect username or password");
    }
    const iat = Math.floor(this.#core.clock.now() / 1_000);
    const exp = iat + this.#options.tokenMinutes * 60;
    return signJwt({ sub: username, access: "admin", iat, aid: admin.id, exp }, this.#core.secret);
  }

  /**
   * Who is calling: by `Authorization: Bearer` with a token, by `X-Api-Key`, or by `Authorization:
   * ApiKey`. A key as a bearer's token is nobody's.
   * @throws Refusal 401, or 403 for an administrator who is disabled.
   */
  identify(headers: IncomingHttpHeaders): Caller {
    const admin = this.#ofToken(headers.authorization) ?? this.#ofKey(headers);
    const role = admin && this.roles.get(admin.roleId);
    if (admin === undefined || role === undefined) throw unauthorized(denied);
    if (admin.status === "disabled") throw new Refusal(403, "your account has been disabled");
    return { admin, role };
  }

  #ofToken(header: string | undefined): Admin | undefined {
    const [scheme = "", token = ""] = (header ?? "").split(" ");
    if (scheme.toLowerCase() !== "bearer") return undefined;
    const claims = readJwt(token, this.#core.secret, this.#core.clock.now());
    if (claims === undefined) return undefined;
    const admin = this.find(claims.aid ?? null) ?? this.findByName(claims.sub);
    const isOld = (admin?.passwordResetMs ?? 0) > claims.iat * 1_000;
    return isOld ? undefined : admin;
  }

  #ofKey({ authorization = "", "x-api-key": sent }: IncomingHttpHeaders): Admin | undefined {
    const [scheme = "", credentials = ""] = authorization.split(" ");
    const secret = String(sent ?? (scheme.toLowerCase() === "apikey" ? credentials : ""));
    const key = [...this.keys.values()].find((known) => isSame(known.secret, secret.trim()));
    if (key === undefined) return undefined;
    const isOver = key.expireMs !== null && key.expireMs <= this.#core.clock.now();
    const admin = this.find(key.adminId);
    return isOver || admin?.status === "disabled" ? undefined : admin;
  }
}
