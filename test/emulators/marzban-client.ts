import { startMarzbanEmulator } from "../../emulators/marzban/emulator.ts";
import type { MarzbanEmulatorOptions } from "../../emulators/marzban/options.ts";
import { call, controlsOf, type Sent, startMs } from "./panel-client.ts";

/** A user as the panel answers. */
export interface User extends Record<string, unknown> {
  readonly username: string;
  readonly status: string;
  readonly expire: number | null;
  readonly data_limit: number | null;
  readonly used_traffic: number;
  readonly lifetime_used_traffic: number;
  readonly proxies: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly inbounds: Readonly<Record<string, readonly string[]>>;
  readonly links: readonly string[];
  readonly subscription_url: string;
  readonly created_at: string;
}

export const passwords = { tollgate: "shop-pass", root: "root-pass", other: "other-pass" };
/** An administrator of the panels of tests. */
export type Who = keyof typeof passwords;

/** All inbounds of VLESS. */
export const vless = ["VLESS TCP REALITY", "VLESS WS"];

/** A new user with nothing special, and what is special about them. */
export const newUser = (username: string, more: object = {}) => ({
  username,
  proxies: { vless: {} },
  inbounds: {},
  ...more,
});

export type Options = Partial<MarzbanEmulatorOptions>;

/** A panel on a free port that ends with the test, with three administrators signed in. */
export async function startMarzban(options: Options = {}) {
  const emulator = await startMarzbanEmulator({
    port: 0,
    password: passwords.tollgate,
    sudoPassword: passwords.root,
    now: () => startMs,
    ...options,
  });
  const controls = controlsOf(emulator);
  const known = await controls.control<{ username: string }[]>("GET", "admins");
  if (!known.some(({ username }) => username === "other")) {
    await controls.control("POST", "admins", { username: "other", password: passwords.other });
  }
  const tokens = new Map<Who, string>();
  const signIn = async (who: Who) => {
    const form = { username: who, password: passwords[who] };
    const { body } = await call(`${emulator.url}/api/admin/token`, "POST", { form });
    tokens.set(who, String(body["access_token"]));
  };
  for (const who of ["tollgate", "root", "other"] as const) await signIn(who);
  const ask = <Body = Record<string, unknown>>(
    method: string,
    path: string,
    json?: unknown,
    who: Who = "tollgate",
  ) => {
    const headers = { authorization: `Bearer ${tokens.get(who) ?? ""}` };
    return call<Body>(`${emulator.url}${path}`, method, { json, headers });
  };
  return {
    ...controls,
    ask,
    signIn,
    raw: (method: string, path: string, sent: Sent = {}) =>
      call(`${emulator.url}${path}`, method, sent),
    add: (username: string, more: object = {}) =>
      ask<User>("POST", "/api/user", newUser(username, more)),
    change: (username: string, json: unknown) => ask<User>("PUT", `/api/user/${username}`, json),
    show: async (username: string) => (await ask<User>("GET", `/api/user/${username}`)).body,
    act: (username: string, action: string) => ask<User>("POST", `/api/user/${username}/${action}`),
    remove: (username: string) => ask("DELETE", `/api/user/${username}`),
  };
}
