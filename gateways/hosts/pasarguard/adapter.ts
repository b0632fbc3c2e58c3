import * as z from "zod";
import { Refused } from "../../refused.ts";
import { AdminApi, requireOk } from "../panel/admin-api.ts";
import { type PanelAnswer, type PanelCall, PanelFailure } from "../panel/call.ts";
import { findClockSkew } from "../clock.ts";
import { type FoundUser, type Panel, UserExists, type WantedUser } from "../panel/panel.ts";
import { linkBehind } from "../panel/source.ts";
import type { HostDescription } from "../port.ts";
import { HostRefused } from "../trouble.ts";
import type { PasarGuardSettings } from "./settings.ts";
import { pasarGuardUser, proxySettingsOf, readUser, settingsOf } from "./user.ts";

/** Half a second of the panel. */
const pageUsers = 500;
const pageTimeoutMs = 30_000;
/** How long the panel's groups are believed to stay. */
const groupsAgeMs = 60_000;

const page = z.object({ users: z.array(z.unknown()), total: z.int() });
const system = z.object({ version: z.string() });
const groupList = z.object({ groups: z.array(z.object({ id: z.int(), name: z.string() })) });

/**
 * PasarGuard 5 through its API. Users are called by their ids: routes by name end with 6.0.
 * @see https://github.com/PasarGuard/panel
 */
export class PasarGuard implements Panel {
  readonly concurrency = 4;
  readonly limitsDevices = true;
  readonly #settings: PasarGuardSettings;
  readonly #api: AdminApi;
  #groups: { readonly readAt: number; readonly found: Promise<readonly number[]> } | undefined;

  constructor(settings: PasarGuardSettings) {
    this.#settings = settings;
    this.#api = new AdminApi(settings.url, { apiKey: settings.apiKey });
  }

  async find(name: string): Promise<FoundUser | undefined> {
    const query = { usernames: name, load_sub: "true" };
    const answer = await this.#api.call({ method: "GET", path: "/api/users", query });
    const users = await this.#readAll(answer);
    return users.find((user) => user.name === name);
  }

  async create(user: WantedUser): Promise<FoundUser> {
    const settings = settingsOf(user, await this.#findGroups());
    const body = { username: user.name, ...settings, proxy_settings: proxySettingsOf(user) };
    const answer = await this.#api.call({ method: "POST", path: "/api/user", body });
    if (answer.status === 409) throw new UserExists(user.name);
    return this.#read(answer);
  }

  /** @throws Refused for a user whom somebody has put on hold: the panel lets nobody undo it. */
  async update(found: FoundUser, user: WantedUser): Promise<FoundUser> {
    const body = settingsOf(user, await this.#findGroups());
    let answer = await this.#change(found, { method: "PUT", body });
    if (answer.status === 400 && (user.terms.deviceLimit ?? 0) > 0) {
      // The limit cannot fall below what is registered; whoever still uses theirs comes back.
      requireOk(await this.#change(found, { method: "POST", path: "/hwids/reset" }));
      answer = await this.#change(found, { method: "PUT", body });
    }
    const changed = await this.#read(answer);
    if (changed.state === "other") {
      throw new Refused("somebody has put the user on hold: delete it, and it is made again");
    }
    return changed;
  }

  async disable(found: FoundUser): Promise<void> {
    const call = { method: "PUT", path: "/disabled", body: { disabled: true } } as const;
    const answer = await this.#change(found, call);
    if (answer.status !== 404) requireOk(answer);
  }

  async delete(found: FoundUser): Promise<void> {
    const answer = await this.#change(found, { method: "DELETE" });
    if (answer.status !== 404) requireOk(answer);
  }

  sourceOf(link: string): string {
    const { subscriptionUrl, url } = this.#settings;
    return linkBehind(subscriptionUrl ?? url, link, 2);
  }

  async *list(): AsyncGenerator<readonly FoundUser[]> {
    for (let offset = 0; ; offset += pageUsers) {
      const query = { offset, limit: pageUsers, sort: "created_at", load_sub: "false" };
      const timeoutMs = pageTimeoutMs;
      const call = { method: "GET", path: "/api/users", query, timeoutMs } as const;
      const answer = await this.#api.call(call);
      yield await this.#readAll(answer);
      const { users, total } = page.parse(answer.json);
      if (users.length < pageUsers || offset + pageUsers >= total) return;
    }
  }

  async describe(): Promise<HostDescription> {
    const answer = await this.#api.call({ method: "GET", path: "/api/system" });
    requireOk(answer);
    const { version } = system.parse(answer.json);
    if (!/^v?5\.[1-9]/u.test(version)) {
      const words = `this is PasarGuard ${version}; from 5.1 on, 5 is supported`;
      throw new HostRefused("version", words);
    }
    await this.#findGroups();
    const { url: endpoint } = this.#settings;
    return { kind: "pasarguard", endpoint, version, findings: findClockSkew(answer) };
  }

  #change(
    { key }: FoundUser,
    { method, path = "", body }: Pick<PanelCall, "method" | "body"> & { readonly path?: string },
  ): Promise<PanelAnswer> {
    const where = path === "/hwids/reset" ? `/api/user/${key}` : `/api/user/by-id/${key}`;
    return this.#api.call({ method, path: `${where}${path}`, ...(body && { body }) });
  }

  async #readAll(answer: PanelAnswer): Promise<readonly FoundUser[]> {
    requireOk(answer);
    const { users } = page.parse(answer.json);
    const reading = await this.#reading();
    return users
      .flatMap((one) => pasarGuardUser.safeParse(one).data ?? [])
      .map((one) => readUser(one, reading));
  }

  async #read(answer: PanelAnswer): Promise<FoundUser> {
    requireOk(answer);
    const read = pasarGuardUser.safeParse(answer.json);
    if (!read.success) throw new PanelFailure("the panel shows a user whom we cannot read");
    return readUser(read.data, await this.#reading());
  }

  async #reading() {
    const { subscriptionUrl, url } = this.#settings;
    return { groupIds: await this.#findGroups(), subscriptionUrl: subscriptionUrl ?? url };
  }

  #findGroups(): Promise<readonly number[]> {
    const now = performance.now();
    if (this.#groups === undefined || now - this.#groups.readAt > groupsAgeMs) {
      const found = this.#readGroups();
      this.#groups = { readAt: now, found };
      found.catch(() => (this.#groups = undefined));
    }
    return this.#groups.found;
  }

  /** @throws Refused when the panel does not have a group of the settings. */
  async #readGroups(): Promise<readonly number[]> {
    const answer = await this.#api.call({ method: "GET", path: "/api/groups/simple" });
    requireOk(answer);
    const { groups } = groupList.parse(answer.json);
    return this.#settings.groups.map((wanted) => {
      const found = groups.find(({ name }) => name === wanted);
      if (found === undefined) {
        throw new HostRefused("servers", `the panel has no group ${wanted}`);
      }
      return found.id;
    });
  }
}
