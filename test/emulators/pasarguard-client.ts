import { startPasarGuardEmulator } from "../../emulators/pasarguard/emulator.ts";
import type { PasarGuardEmulatorOptions } from "../../emulators/pasarguard/options.ts";
import { call, controlsOf, type Sent, startMs } from "./panel-client.ts";

/** A user as the panel answers. */
export interface User extends Record<string, unknown> {
  readonly id: number;
  readonly username: string;
  readonly status: string;
  readonly expire: string | null;
  readonly data_limit: number | null;
  readonly used_traffic: number;
  readonly group_ids: readonly number[];
  readonly subscription_url: string;
  readonly proxy_settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const password = "Secret-ABCD-12345";
/** The key of the shop's administrator. */
export const apiKey = "pg_key_11111111-1111-4111-8111-111111111111";
const owner = { username: "root", password: "Secret-OWNER-12345" };

export type Options = Partial<PasarGuardEmulatorOptions>;

/** A panel on a free port that ends with the test; calls are the shop's administrator's. */
export async function startPasarGuard(options: Options = {}) {
  const emulator = await startPasarGuardEmulator({
    port: 0,
    password,
    apiKey,
    ownerPassword: owner.password,
    now: () => startMs,
    ...options,
  });
  const controls = controlsOf(emulator);
  const raw = <Body = Record<string, unknown>>(method: string, path: string, sent: Sent = {}) =>
    call<Body>(`${emulator.url}${path}`, method, sent);
  const ask = <Body = Record<string, unknown>>(method: string, path: string, json?: unknown) =>
    raw<Body>(method, path, { json, headers: { "x-api-key": apiKey } });
  return {
    ...controls,
    raw,
    ask,
    /** Calls as another administrator, who has this role. */
    as: async (username: string, role = "shop") => {
      await controls.control("POST", "admins", { username, password, role });
      const { body } = await raw("POST", "/api/admin/token", { form: { username, password } });
      const headers = { authorization: `Bearer ${String(body["access_token"])}` };
      return <Body = Record<string, unknown>>(method: string, path: string, json?: unknown) =>
        raw<Body>(method, path, { json, headers });
    },
    asOwner: async (method: string, path: string, json?: unknown) => {
      const { body } = await raw("POST", "/api/admin/token", { form: owner });
      const headers = { authorization: `Bearer ${String(body["access_token"])}` };
      return raw(method, path, { json, headers });
    },
    add: (username: string, more: object = {}) =>
      ask<User>("POST", "/api/user", { username, group_ids: [1], ...more }),
    change: (id: number, json: unknown) => ask<User>("PUT", `/api/user/by-id/${id}`, json),
    disable: (id: number, disabled: boolean) =>
      ask<User>("PUT", `/api/user/by-id/${id}/disabled`, { disabled }),
    show: async (id: number) => (await ask<User>("GET", `/api/user/by-id/${id}`)).body,
    act: (id: number, action: string) => ask<User>("POST", `/api/user/by-id/${id}/${action}`),
    remove: (id: number) => ask("DELETE", `/api/user/by-id/${id}`),
  };
}
