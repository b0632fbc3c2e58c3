import { accessIdOfPanelUser } from "../../../domain/derived-ids.ts";
import { Refused } from "../../refused.ts";
import type {
  Access,
  Applied,
  Counter,
  GrantedAccess,
  HostDescription,
  HostProbe,
  HostState,
  HostUsage,
  Peer,
  PeerOrigin,
  Removal,
  SubscriptionCredentials,
  VpnHost,
} from "../port.ts";
import { probesOf } from "../probes/settings.ts";
import { PanelFailure } from "./call.ts";
import { userSecretsOf } from "./derived-secrets.ts";
import { markerOf, ownerOf } from "./marker.ts";
import { type FoundUser, type Panel, UserExists, type WantedUser } from "./panel.ts";
import { isAsWanted } from "./terms.ts";

/** Counters have epochs of their own; the panel as a whole has one that never changes. */
const epoch = "panel";

/** Users per call of the port: some seconds of a slow panel. */
const batchSize = 100;

/** The settings that panels of every kind have. */
export interface PanelHostSettings {
  readonly shop: string;
  readonly url: string;
  /** Where its customers connect. */
  readonly probes?: readonly string[] | undefined;
}

/**
 * A panel as a VPN host: each access is one of its users. A user is read, compared and only then
 * written; one that is not ours is never written. When it is not known whether a call was carried
 * out, the user is read again.
 */
export class PanelHost implements VpnHost {
  readonly batchSize = batchSize;
  readonly keepsUsers = true;
  readonly #shop: string;
  readonly #panel: Panel;
  readonly #places: readonly string[];
  /** Two calls beside each other would write one user twice: panels answer that with errors. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor({ shop, url, probes = [url] }: PanelHostSettings, panel: Panel) {
    this.#shop = shop;
    this.#places = probes;
    this.#panel = panel;
  }

  apply(accesses: readonly GrantedAccess[]): Promise<readonly Applied[]> {
    return this.#write(() => this.#side(accesses, (access) => this.#apply(access)));
  }

  remove(identities: readonly string[], removal: Removal = "forGood"): Promise<HostUsage> {
    return this.#write(async () => {
      const counters = await this.#side(identities, (name) => this.#remove(name, removal));
      return { epoch, counters: counters.flat() };
    });
  }

  async list(detail?: "withOrigin"): Promise<HostState> {
    const peers: Peer[] = [];
    for await (const page of this.#panel.list()) {
      for (const user of page) {
        const peer = this.#peerOf(user);
        peers.push(detail === undefined ? peer : { ...peer, origin: originOf(user) });
      }
    }
    return { epoch, peers };
  }

  async usage(): Promise<HostUsage> {
    const { peers } = await this.list();
    return { epoch, counters: peers };
  }

  describe(): Promise<HostDescription> {
    return this.#panel.describe();
  }

  /** @throws Error when the panel does not have the user, or does not name its link. */
  async credentials({ accessId, identity }: Access): Promise<SubscriptionCredentials> {
    const found = await this.#panel.find(identity);
    if (found?.url === undefined) throw new Error(`the panel has no link for access ${accessId}`);
    return { kind: "subscription", url: found.url, source: this.#panel.sourceOf(found.url) };
  }

  /** Its servers, where the settings name them, or else the panel, from which apps learn of them. */
  async prepareProbes(): Promise<readonly HostProbe[]> {
    return probesOf(this.#places);
  }

  async #write<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    const written = this.#lastWrite.then(act, act);
    this.#lastWrite = written.catch(() => undefined);
    return written;
  }

  /** Acts on some at a time, in order. */
  async #side<Item, Answer>(
    items: readonly Item[],
    act: (item: Item) => Promise<Answer>,
  ): Promise<Answer[]> {
    const answers: Answer[] = [];
    const { concurrency } = this.#panel;
    for (let start = 0; start < items.length; start += concurrency) {
      answers.push(...(await Promise.all(items.slice(start, start + concurrency).map(act))));
    }
    return answers;
  }

  async #apply(access: GrantedAccess): Promise<Applied> {
    const { accessId } = access;
    try {
      await this.#withSecondTry(() => this.#put(access));
      return { kind: "applied", accessId };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { kind: "refused", accessId, reason: error.message };
    }
  }

  async #put(access: GrantedAccess): Promise<void> {
    const { accessId, identity: name, terms } = access;
    const keepsKeys = accessIdOfPanelUser(name) === undefined;
    const note = markerOf(this.#shop, keepsKeys ? name : accessId);
    const user: WantedUser = { name, terms, note, secrets: userSecretsOf(access), keepsKeys };
    const found = (await this.#panel.find(name)) ?? (await this.#create(user));
    if (found === undefined) return;
    this.#requireOurs(found, access.isKnown);
    if (!isAsWanted(found, user, this.#panel)) await this.#panel.update(found, user);
  }

  /** Returns a user of this name who was there after all; undefined: it was made now. */
  async #create(user: WantedUser): Promise<FoundUser | undefined> {
    try {
      await this.#panel.create(user);
      return undefined;
    } catch (error) {
      if (!(error instanceof UserExists)) throw error;
      const found = await this.#panel.find(user.name);
      if (found !== undefined) return found;
      throw new Refused("the panel has a user of this name who is not ours", { cause: error });
    }
  }

  /** @throws Refused for a user that somebody else has made. */
  #requireOurs(found: FoundUser, isKnown: boolean): void {
    const owner = ownerOf(this.#shop, found);
    if (owner === "ours" || (owner === "unmarked" && isKnown)) return;
    throw new Refused("the panel has a user of this name who is not ours");
  }

  /** The last counter of a user who was there and is ours. */
  async #remove(name: string, removal: Removal): Promise<Counter[]> {
    return this.#withSecondTry(async () => {
      const found = await this.#panel.find(name);
      if (found === undefined || ownerOf(this.#shop, found) !== "ours") return [];
      if (removal === "forGood") await this.#panel.delete(found);
      else if (found.state !== "disabled") await this.#panel.disable(found);
      return [counterOf(found)];
    });
  }

  /**
   * Tries again once where it is not known whether the panel has done it. An answer of 500 twice is
   * about this user: an operator reads it, and the others go on.
   */
  async #withSecondTry<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof PanelFailure)) throw error;
    }
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof PanelFailure) || error.status !== 500) throw error;
      throw new Refused(`${error.message}, twice`, { cause: error });
    }
  }

  #peerOf(found: FoundUser): Peer {
    const { state, terms } = found;
    const isMarked = ownerOf(this.#shop, found) === "ours";
    return {
      ...counterOf(found),
      addresses: [],
      presharedHash: undefined,
      user: {
        isLetIn: state === "active",
        terms,
        limitsDevices: this.#panel.limitsDevices,
        fault: isMarked ? found.fault : "its note is not ours",
      },
    };
  }
}

const counterOf = (found: FoundUser): Counter => ({
  identity: found.name,
  epoch: found.epoch,
  uploadedBytes: found.uploadedBytes,
  downloadedBytes: found.downloadedBytes,
  lastHandshakeAt: found.lastSeenAt,
});

const originOf = ({ note, telegramId }: FoundUser): PeerOrigin => ({
  note,
  ...(telegramId === undefined ? {} : { telegramId }),
});
