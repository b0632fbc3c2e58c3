import * as z from "zod";
import { Refused } from "../../refused.ts";
import { PanelApi, type PanelAnswer, type PanelCall, PanelFailure } from "../panel/call.ts";
import { findClockSkew } from "../clock.ts";
import { type FoundUser, type Panel, UserExists, type WantedUser } from "../panel/panel.ts";
import { isAsWanted } from "../panel/terms.ts";
import { linkBehind } from "../panel/source.ts";
import type { HostDescription } from "../port.ts";
import { HostRefused } from "../trouble.ts";
import { clientOf, readClient, xuiClient, xuiTraffic } from "./client.ts";
import type { XuiSettings } from "./settings.ts";

const listTimeoutMs = 60_000;
/** A write rewrites its inbounds' settings: two seconds where they have thousands of clients. */
const writeTimeoutMs = 30_000;

const answered = z.object({ success: z.boolean(), msg: z.string(), obj: z.unknown() });
const found = z.object({ client: xuiClient, inboundIds: z.array(z.int()).nullish() });
const listed = xuiClient.extend({
  inboundIds: z.array(z.int()).nullish(),
  traffic: xuiTraffic.nullish(),
});
const status = z.object({ panelVersion: z.string() });
const inboundList = z.array(z.object({ id: z.int() }));

/** The part of a failure's words that the panel does not translate. */
const absentWords = /record not found|not found in any inbound/u;
const existsWords = /email already in use|Duplicate email/u;

/**
 * 3x-ui 3.5 and later through its API. All errors are answered with HTTP 200; only `success` counts.
 * @see https://github.com/MHSanaei/3x-ui
 */
export class Xui implements Panel {
  /** Each write rewrites its inbounds as a whole: side by side they would undo each other. */
  readonly concurrency = 1;
  readonly limitsDevices = true;
  readonly #settings: XuiSettings;
  readonly #api: PanelApi;
  readonly #now: () => number;

  constructor(settings: XuiSettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#now = now;
    this.#api = new PanelApi(settings.url);
  }

  async find(name: string): Promise<FoundUser | undefined> {
    const answer = await this.#call({ method: "GET", path: `/clients/get/${name}` });
    if (!answer.success) {
      if (absentWords.test(answer.msg)) return undefined;
      throw refusalOf(answer);
    }
    const { client, inboundIds } = readAs(found, answer.obj);
    const counted = await this.#call({ method: "GET", path: `/clients/traffic/${name}` });
    const traffic = xuiTraffic.safeParse(counted.obj).data;
    return this.#read({ client, inboundIds: inboundIds ?? [], traffic });
  }

  /**
   * Adding a client again with the link that it has succeeds and changes nothing, and adding one to
   * several inbounds may end between them: so it is read again and brought in line.
   */
  async create(user: WantedUser): Promise<FoundUser> {
    const body = {
      client: clientOf(user, this.#settings, true),
      inboundIds: this.#settings.inbounds,
    };
    const answer = await this.#write("/clients/add", body);
    if (!answer.success) {
      if (existsWords.test(answer.msg)) throw new UserExists(user.name);
      throw refusalOf(answer);
    }
    const made = await this.#require(user);
    return isAsWanted(made, user, this) ? made : this.update(made, user);
  }

  async update({ key }: FoundUser, user: WantedUser): Promise<FoundUser> {
    requireSuccess(
      await this.#write(`/clients/update/${key}`, clientOf(user, this.#settings, false)),
    );
    const changed = await this.#require(user);
    if (changed.fault === undefined) return changed;
    const there = await this.#readInboundIds(user.name);
    const { inbounds } = this.#settings;
    const missing = inbounds.filter((id) => !there.includes(id));
    const other = there.filter((id) => !inbounds.includes(id));
    if (missing.length > 0) await this.#move(key, "attach", missing);
    if (other.length > 0) await this.#move(key, "detach", other);
    return this.#require(user);
  }

  async disable({ key }: FoundUser): Promise<void> {
    requireSuccess(await this.#write("/clients/bulkDisable", { emails: [key] }));
  }

  async delete({ key }: FoundUser): Promise<void> {
    const answer = await this.#write(`/clients/del/${key}`, {});
    if (!answer.success && !absentWords.test(answer.msg)) throw refusalOf(answer);
  }

  sourceOf(link: string): string {
    return linkBehind(this.#settings.subscriptionUrl, link, 1);
  }

  async *list(): AsyncGenerator<readonly FoundUser[]> {
    const timeoutMs = listTimeoutMs;
    const answer = await this.#call({ method: "GET", path: "/clients/list", timeoutMs });
    requireSuccess(answer);
    const clients = readAs(z.array(z.unknown()).nullable(), answer.obj) ?? [];
    yield clients
      .flatMap((one) => listed.safeParse(one).data ?? [])
      .map(({ inboundIds, traffic, ...client }) => {
        const whole = { client, inboundIds: inboundIds ?? [], traffic: traffic ?? undefined };
        return this.#read(whole);
      });
  }

  async describe(): Promise<HostDescription> {
    const answer = await this.#call({ method: "GET", path: "/server/status" });
    requireSuccess(answer);
    const { panelVersion: version } = readAs(status, answer.obj);
    if (!/^v?3\.(?:[5-9]|\d\d)/u.test(version)) {
      throw new HostRefused("version", `this is 3x-ui ${version}; from 3.5 on, 3 is supported`);
    }
    const inbounds = await this.#call({ method: "GET", path: "/inbounds/list" });
    requireSuccess(inbounds);
    const ids = readAs(inboundList, inbounds.obj).map(({ id }) => id);
    const missing = this.#settings.inbounds.filter((id) => !ids.includes(id));
    if (missing.length > 0) {
      throw new HostRefused("servers", `the panel has no inbound ${missing.join(", ")}`);
    }
    const { url: endpoint } = this.#settings;
    return { kind: "3x-ui", endpoint, version, findings: findClockSkew(answer) };
  }

  async #require({ name }: WantedUser): Promise<FoundUser> {
    const there = await this.find(name);
    if (there === undefined) throw new PanelFailure("the panel lost a client that it had taken");
    return there;
  }

  async #readInboundIds(name: string): Promise<readonly number[]> {
    const answer = await this.#call({ method: "GET", path: `/clients/get/${name}` });
    requireSuccess(answer);
    return readAs(found, answer.obj).inboundIds ?? [];
  }

  async #move(key: string, how: "attach" | "detach", inboundIds: readonly number[]): Promise<void> {
    requireSuccess(await this.#write(`/clients/${key}/${how}`, { inboundIds }));
  }

  #write(path: string, body: object) {
    return this.#call({ method: "POST", path, body, timeoutMs: writeTimeoutMs });
  }

  /** @throws Refused where the token or the base path is wrong, which look alike. */
  #read(whole: Parameters<typeof readClient>[0]): FoundUser {
    return readClient(whole, { settings: this.#settings, nowMs: this.#now() });
  }

  async #call(call: PanelCall): Promise<Result> {
    const headers = { authorization: `Bearer ${this.#settings.token}` };
    const answer = await this.#api.call({ ...call, path: `/panel/api${call.path}`, headers });
    if (answer.status === 404 && answer.json === undefined) {
      const words = "the panel does not know this API token, or its base path is another one";
      throw new HostRefused("credentials", words);
    }
    const read = answered.safeParse(answer.json);
    if (!read.success) {
      const words = `something else than the panel answered (HTTP ${answer.status})`;
      throw new PanelFailure(words, { trouble: "url" });
    }
    return { ...read.data, date: answer.date };
  }
}

type Result = z.infer<typeof answered> & Pick<PanelAnswer, "date">;

/** @throws PanelFailure when the panel shows something else. */
function readAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (!read.success) throw new PanelFailure("the panel shows something that we cannot read");
  return read.data;
}

/** Names and numbers of clients, but no keys, are in the panel's words. */
const refusalOf = ({ msg }: Result): Refused =>
  new Refused(`the panel refuses: ${msg.trim().slice(0, 200)}`);

function requireSuccess(answer: Result): void {
  if (!answer.success) throw refusalOf(answer);
}
