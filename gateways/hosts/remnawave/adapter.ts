import * as z from "zod";
import type { HostFinding } from "../../../domain/access/host-report.ts";
import { Refused } from "../../refused.ts";
import { PanelApi, type PanelAnswer, type PanelCall, PanelFailure } from "../panel/call.ts";
import { findClockSkew } from "../clock.ts";
import { type FoundUser, type Panel, UserExists, type WantedUser } from "../panel/panel.ts";
import { endSecondOf } from "../panel/terms.ts";
import { linkBehind } from "../panel/source.ts";
import type { HostDescription } from "../port.ts";
import { HostRefused } from "../trouble.ts";
import type { RemnawaveSettings } from "./settings.ts";
import { keysOf, readUser, remnawaveUser, settingsOf, squadsFault } from "./user.ts";

/** The panel's most. */
const pageUsers = 1_000;
const pageTimeoutMs = 30_000;

const problem = z.object({ message: z.unknown().optional(), errorCode: z.string().optional() });
const shown = z.object({ response: z.unknown() });
const page = z.object({
  response: z.object({
    users: z.array(z.unknown()),
    nextCursor: z.string().nullish(),
    hasMore: z.boolean(),
  }),
});

const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu;

/** What it takes for "there is no such user": another code for reading than for acting. */
const absent = ["A063", "A025"];
const usernameExists = "A019";
const alreadyDisabled = "A029";
const alreadyActive = "A030";

/**
 * Remnawave 3 through its API. A PATCH never carries a status: with one it may forget to tell the
 * nodes, and a user who is limited or expired stays so.
 * @see https://github.com/remnawave/backend
 */
export class Remnawave implements Panel {
  readonly concurrency = 4;
  readonly limitsDevices = true;
  readonly #settings: RemnawaveSettings;
  readonly #api: PanelApi;
  readonly #now: () => number;

  constructor(settings: RemnawaveSettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#now = now;
    this.#api = new PanelApi(settings.url);
  }

  async find(name: string): Promise<FoundUser | undefined> {
    const answer = await this.#call({ method: "GET", path: `/users/by-username/${name}` });
    return isAbsent(answer) ? undefined : this.#read(answer);
  }

  async create(user: WantedUser): Promise<FoundUser> {
    const body = {
      username: user.name,
      ...settingsOf(user),
      ...keysOf(user),
      activeInternalSquads: this.#settings.squads,
    };
    const answer = await this.#call({ method: "POST", path: "/users", body });
    if (codeOf(answer) === usernameExists) throw new UserExists(user.name);
    return this.#read(answer);
  }

  async update(found: FoundUser, user: WantedUser): Promise<FoundUser> {
    const id = Number(found.key);
    const patch = (body: object) =>
      this.#call({ method: "PATCH", path: "/users", body: { id, ...body } });
    let changed = this.#read(await patch(settingsOf(user)));
    if (changed.fault === squadsFault) {
      changed = this.#read(await patch({ activeInternalSquads: this.#settings.squads }));
    }
    if (!isShutOut(changed, this.#now())) return changed;
    const answer = await this.#act(found, "enable");
    return codeOf(answer) === alreadyActive ? changed : this.#read(answer);
  }

  async disable(found: FoundUser): Promise<void> {
    const answer = await this.#act(found, "disable");
    if (codeOf(answer) !== alreadyDisabled && !isAbsent(answer)) requireOk(answer);
  }

  async delete({ key }: FoundUser): Promise<void> {
    const answer = await this.#call({ method: "DELETE", path: `/users/${key}` });
    if (!isAbsent(answer)) requireOk(answer);
  }

  sourceOf(link: string): string {
    return linkBehind(`${this.#settings.url}/api/sub`, link, 1);
  }

  async *list(): AsyncGenerator<readonly FoundUser[]> {
    let cursor: string | undefined;
    for (let hasMore = true; hasMore;) {
      const query = { size: pageUsers, ...(cursor === undefined ? {} : { cursor }) };
      const timeoutMs = pageTimeoutMs;
      const call = { method: "GET", path: "/users/stream", query, timeoutMs } as const;
      const answer = await this.#call(call);
      requireOk(answer);
      const { response } = page.parse(answer.json);
      yield response.users
        .flatMap((one) => remnawaveUser.safeParse(one).data ?? [])
        .map((one) => readUser(one, this.#settings.squads));
      cursor = response.nextCursor ?? undefined;
      hasMore = response.hasMore && cursor !== undefined;
    }
  }

  /** @throws Refused for 2.x, whose users have no numbers. */
  async describe(): Promise<HostDescription> {
    const probe = await this.#call({ method: "GET", path: "/users/by-username/tollgate-probe" });
    if (!isAbsent(probe)) requireOk(probe);
    const query = { size: 1 };
    const answer = await this.#call({ method: "GET", path: "/users/stream", query });
    const first = page.safeParse(answer.json).data?.response.users[0];
    const isOld = answer.status >= 400 || (first !== undefined && !hasNumber(first));
    if (isOld) throw new HostRefused("version", "this Remnawave is older than 3.0: update it");
    const { url: endpoint } = this.#settings;
    const findings = [...findClockSkew(answer), ...(await this.#findSquadTroubles())];
    return { kind: "remnawave", endpoint, findings };
  }

  /**
   * Squads of the settings that the panel does not have. The token needs no right to list them, and
   * the answer's form is not known for all versions: so only the numbers in it are looked for.
   */
  async #findSquadTroubles(): Promise<HostFinding[]> {
    const answer = await this.#send({ method: "GET", path: "/internal-squads" });
    const there = new Set(
      JSON.stringify(answer.json ?? "")
        .toLowerCase()
        .match(uuids),
    );
    if (answer.status >= 400 || there.size === 0) return [];
    const missing = this.#settings.squads.filter((squad) => !there.has(squad.toLowerCase()));
    if (missing.length === 0) return [];
    const details = `the panel has no internal squad ${missing.join(", ")}`;
    return [{ trouble: "servers", details }];
  }

  #act({ key }: FoundUser, what: "enable" | "disable"): Promise<PanelAnswer> {
    return this.#call({ method: "POST", path: `/users/${key}/actions/${what}` });
  }

  /** @throws Refused when the panel does not know the token, or denies it this. */
  async #call(call: PanelCall): Promise<PanelAnswer> {
    const answer = await this.#send(call);
    if (answer.status === 401) {
      const unknown = "the panel does not know this API token: make one in its settings";
      throw new HostRefused("credentials", unknown);
    }
    if (answer.status === 403) {
      const denied = "the panel denies this to the API token: give it the scope of users";
      throw new HostRefused("rights", denied);
    }
    return answer;
  }

  #send(call: PanelCall): Promise<PanelAnswer> {
    // Without both headers of a proxy the panel ends the connection.
    const headers = {
      authorization: `Bearer ${this.#settings.token}`,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
    };
    return this.#api.call({ ...call, path: `/api${call.path}`, headers });
  }

  #read(answer: PanelAnswer): FoundUser {
    requireOk(answer);
    const read = remnawaveUser.safeParse(shown.safeParse(answer.json).data?.response);
    if (!read.success) throw new PanelFailure("the panel shows a user whom we cannot read");
    return readUser(read.data, this.#settings.squads);
  }
}

const hasNumber = (user: unknown): boolean => z.object({ id: z.int() }).safeParse(user).success;

const codeOf = ({ json }: PanelAnswer): string | undefined =>
  problem.safeParse(json).data?.errorCode;

const isAbsent = (answer: PanelAnswer): boolean =>
  answer.status === 404 && absent.includes(codeOf(answer) ?? "");

/** Disabled, or limited or expired although its numbers say otherwise. */
function isShutOut({ state, terms, downloadedBytes }: FoundUser, nowMs: number): boolean {
  if (state === "disabled") return true;
  if (state === "limited") return downloadedBytes < (terms.limitBytes ?? Number.POSITIVE_INFINITY);
  const end = endSecondOf(terms) ?? Number.POSITIVE_INFINITY;
  return state === "expired" && end * 1_000 > nowMs;
}

/** @throws Refused with the panel's reason when it says no. */
function requireOk(answer: PanelAnswer): void {
  if (answer.status < 400) return;
  const { message, errorCode } = problem.safeParse(answer.json).data ?? {};
  const words = typeof message === "string" ? message.slice(0, 200) : "without a reason";
  throw new Refused(`the panel refuses (HTTP ${answer.status} ${errorCode ?? ""}): ${words}`);
}
