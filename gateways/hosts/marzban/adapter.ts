import * as z from "zod";
import { Refused } from "../../refused.ts";
import { AdminApi, requireOk } from "../panel/admin-api.ts";
import { type PanelAnswer, type PanelCall, PanelFailure } from "../panel/call.ts";
import { findClockSkew } from "../clock.ts";
import { type FoundUser, type Panel, UserExists, type WantedUser } from "../panel/panel.ts";
import { linkBehind } from "../panel/source.ts";
import type { HostDescription } from "../port.ts";
import { HostRefused } from "../trouble.ts";
import type { MarzbanSettings } from "./settings.ts";
import { type Inbounds, marzbanUser, proxiesOf, readUser, settingsOf } from "./user.ts";

/** Links are built for each user: a page takes the panel half a second. */
const pageUsers = 200;
const pageTimeoutMs = 60_000;
/** How long the panel's inbounds are believed to stay. */
const inboundsAgeMs = 60_000;

const page = z.object({ users: z.array(z.unknown()), total: z.int() });
const system = z.object({ version: z.string() });
const inboundList = z.record(z.string(), z.array(z.object({ tag: z.string() })));

/**
 * Marzban 0.8 through its API.
 * @see https://github.com/Gozargah/Marzban
 */
export class Marzban implements Panel {
  readonly concurrency = 4;
  readonly limitsDevices = false;
  readonly #settings: MarzbanSettings;
  readonly #api: AdminApi;
  #inbounds: { readonly readAt: number; readonly found: Promise<Inbounds> } | undefined;

  constructor(settings: MarzbanSettings) {
    this.#settings = settings;
    this.#api = new AdminApi(settings.url, settings);
  }

  async find(name: string): Promise<FoundUser | undefined> {
    const answer = await this.#api.call({ method: "GET", path: `/api/user/${name}` });
    if (answer.status === 404) return undefined;
    if (answer.status === 403)
      throw new Refused("the panel has a user of this name who is not ours");
    return this.#read(answer);
  }

  async create(user: WantedUser): Promise<FoundUser> {
    const inbounds = await this.#findInbounds();
    const body = {
      username: user.name,
      ...settingsOf(user, inbounds),
      proxies: proxiesOf(user, inbounds, this.#settings.flow),
    };
    const answer = await this.#api.call({ method: "POST", path: "/api/user", body });
    if (answer.status === 409) throw new UserExists(user.name);
    return this.#read(answer);
  }

  /** One call is right from every state: it sets all that decides, and the state last. */
  async update(found: FoundUser, user: WantedUser): Promise<FoundUser> {
    const body = settingsOf(user, await this.#findInbounds());
    return this.#read(await this.#change(found, { method: "PUT", body }));
  }

  async disable(found: FoundUser): Promise<void> {
    const answer = await this.#change(found, { method: "PUT", body: { status: "disabled" } });
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
      const { users, isLast } = await this.#readPage(offset, pageUsers);
      yield users;
      if (isLast) return;
    }
  }

  async describe(): Promise<HostDescription> {
    const answer = await this.#api.call({ method: "GET", path: "/api/system" });
    requireOk(answer);
    const { version } = system.parse(answer.json);
    if (!/^v?0\.8\./u.test(version)) {
      throw new HostRefused("version", `this is Marzban ${version}; only 0.8 is supported`);
    }
    await this.#findInbounds();
    const { url: endpoint } = this.#settings;
    return { kind: "marzban", endpoint, version, findings: findClockSkew(answer) };
  }

  #change({ key }: FoundUser, call: Pick<PanelCall, "method" | "body">): Promise<PanelAnswer> {
    return this.#api.call({ ...call, path: `/api/user/${key}` });
  }

  /**
   * One user whom the panel cannot show makes it fail for the whole page: such a page is read in
   * halves, and the user left out.
   */
  async #readPage(
    offset: number,
    limit: number,
  ): Promise<{ readonly users: readonly FoundUser[]; readonly isLast: boolean }> {
    try {
      const query = { offset, limit, sort: "username" };
      const timeoutMs = pageTimeoutMs;
      const call = { method: "GET", path: "/api/users", query, timeoutMs } as const;
      const answer = await this.#api.call(call);
      requireOk(answer);
      const { users, total } = page.parse(answer.json);
      const reading = await this.#reading();
      const read = users.flatMap((one) => marzbanUser.safeParse(one).data ?? []);
      return {
        users: read.map((one) => readUser(one, reading)),
        isLast: users.length < limit || offset + limit >= total,
      };
    } catch (error) {
      if (!(error instanceof PanelFailure) || error.status !== 500) throw error;
      if (limit === 1) return { users: [], isLast: false };
    }
    const half = Math.ceil(limit / 2);
    const first = await this.#readPage(offset, half);
    if (first.isLast) return first;
    const second = await this.#readPage(offset + half, limit - half);
    return { users: [...first.users, ...second.users], isLast: second.isLast };
  }

  async #read(answer: PanelAnswer): Promise<FoundUser> {
    requireOk(answer);
    const read = marzbanUser.safeParse(answer.json);
    if (!read.success) throw new PanelFailure("the panel shows a user whom we cannot read");
    return readUser(read.data, await this.#reading());
  }

  async #reading() {
    const { subscriptionUrl, url } = this.#settings;
    return {
      inbounds: await this.#findInbounds(),
      subscriptionUrl: subscriptionUrl ?? url,
    };
  }

  #findInbounds(): Promise<Inbounds> {
    const now = performance.now();
    if (this.#inbounds === undefined || now - this.#inbounds.readAt > inboundsAgeMs) {
      const found = this.#readInbounds();
      this.#inbounds = { readAt: now, found };
      found.catch(() => (this.#inbounds = undefined));
    }
    return this.#inbounds.found;
  }

  /** @throws Refused when the panel does not have an inbound of the settings. */
  async #readInbounds(): Promise<Inbounds> {
    const answer = await this.#api.call({ method: "GET", path: "/api/inbounds" });
    requireOk(answer);
    const there = inboundList.parse(answer.json);
    const chosen = Object.entries(this.#settings.inbounds).map(([protocol, wanted]) => {
      const tags = (there[protocol] ?? []).map(({ tag }) => tag);
      const missing = wanted.filter((tag) => !tags.includes(tag));
      if (missing.length > 0) {
        const words = `the panel has no ${protocol} inbound ${missing.join(", ")}`;
        throw new HostRefused("servers", words);
      }
      if (tags.length === 0) {
        throw new HostRefused("servers", `the panel has no inbound of ${protocol}`);
      }
      return [protocol, wanted.length > 0 ? wanted : tags] as const;
    });
    return Object.fromEntries(chosen);
  }
}
