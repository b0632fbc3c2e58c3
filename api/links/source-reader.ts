import type { IncomingHttpHeaders } from "node:http";
import { requestByLink } from "../../client/access.ts";
import type { DurableClient } from "../../client/durable.ts";
import type { LinkFacts, LinkQueries } from "../../db/queries/access/links.ts";
import { instant } from "../../domain/time.ts";
import { BoundedMap } from "./bounded-map.ts";
import { askingHeaders, fetchSource, type SourceResult } from "./source.ts";
import { type CachedResult, SourceCache } from "./source-cache.ts";

/** How long the source of an access is not looked up again, once found, or when it was not. */
const lookUpEveryMs = { found: 5_000, absent: 3_000 };
const mostKept = 20_000;

/** Reads what is behind links, from memory where it is fresh. */
export class SourceReader {
  readonly #client: DurableClient;
  readonly #links: LinkQueries;
  readonly #cache = new SourceCache();
  readonly #nextLookUpMs = new BoundedMap<string, number>(mostKept);

  constructor({ client, links }: { readonly client: DurableClient; readonly links: LinkQueries }) {
    this.#client = client;
    this.#links = links;
  }

  /** What the panel answers an app that sends these headers. */
  async read(token: string, facts: LinkFacts, given: IncomingHttpHeaders): Promise<CachedResult> {
    const { access } = facts;
    if (access === undefined) return { kind: "failed" };
    const headers = askingHeaders(given);
    const key = `${access.id} ${facts.tokenHash} ${JSON.stringify(headers)}`;
    return this.#cache.get(key, async () => {
      const result = await this.#fetch(facts.source, headers);
      if (result.kind !== "absent") return result;
      // Nobody has looked it up yet, or the panel does not know it any more.
      const found = await this.#lookUp(token, access.id);
      return found === undefined ? { kind: "failed" } : this.#fetch(found, headers);
    });
  }

  async #fetch(
    source: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<SourceResult> {
    return source === undefined ? { kind: "absent" } : fetchSource(source, headers);
  }

  async #lookUp(token: string, accessId: string): Promise<string | undefined> {
    const key = `${accessId} ${token}`;
    const now = performance.now();
    if (now < (this.#nextLookUpMs.get(key) ?? 0)) return undefined;
    this.#nextLookUpMs.set(key, now + lookUpEveryMs.found);
    const result = await requestByLink(this.#client, { kind: "source", accessId }).catch(
      () => "refused" as const,
    );
    if (result === "refused") {
      this.#nextLookUpMs.set(key, now + lookUpEveryMs.absent);
      return undefined;
    }
    return (await this.#links.find(token, instant(new Date())))?.source;
  }
}
