import { type Request, type Response, Router } from "express";
import type { HostStatusQueries, PublicStatus } from "../../db/queries/access/host-status.ts";
import type { ShopSettingsReader } from "../../db/queries/operations/shop-settings.ts";
import { groupsOf } from "../../domain/access/host-status.ts";
import { type Language, languages } from "../../domain/people/customer.ts";
import { secondMs } from "../../domain/time.ts";
import { pagePolicy } from "../links/link-page.ts";
import { addressOf, type RateLimit, RateLimits } from "../links/rate-limits.ts";
import { groupWords, statusPage } from "./status-page.ts";

/** What the status page reads. */
export interface StatusPorts {
  readonly hosts: Pick<HostStatusQueries, "read">;
  readonly shop: Pick<ShopSettingsReader, "get">;
  /** By address; by default such as nobody reaches who looks again and again. */
  readonly limit?: RateLimit;
}

/** How long what was read is shown: many look at once when something is down. */
const keptMs = 10 * secondMs;

const usualLimit: RateLimit = { burst: 60, refillMs: 1_000 };

/**
 * The public status page, `/status` and `/status.json`: how the servers are, by location or by
 * number, with no name and no address of a host. Absent unless the shop's settings have it.
 */
export function status(ports: StatusPorts): Router {
  const byAddress = new RateLimits(ports.limit ?? usualLimit);
  const read = keepFor(keptMs, () => ports.hosts.read());
  const answer =
    (send: (request: Request, response: Response) => Promise<unknown>) =>
    async (request: Request, response: Response): Promise<void> => {
      const waitS = byAddress.take(addressOf(request));
      if (waitS > 0) {
        response.status(429).set("retry-after", String(waitS)).json({ error: "Too many requests" });
        return;
      }
      const { hasStatusPage } = await ports.shop.get();
      if (hasStatusPage) await send(request, response);
      else response.status(404).json({ error: "Not found" });
    };
  const router = Router();
  router.get(
    "/status",
    answer(async (request, response) => {
      const { name, zone } = await ports.shop.get();
      const language = languageOf(request);
      const html = statusPage(await read(), { shop: name, zone, language });
      response
        .set({ "content-security-policy": pagePolicy, ...caching })
        .type("html")
        .send(html);
    }),
  );
  router.get(
    "/status.json",
    answer(async (request, response) => {
      const { hosts, checkedAt = null } = await read();
      const language = languageOf(request);
      const items = groupsOf(hosts).map((group) => ({
        title: groupWords(group, language),
        state: group.state,
        since: group.since ?? null,
      }));
      response.set(caching).json({ items, checked_at: checkedAt });
    }),
  );
  return router;
}

const caching = {
  "cache-control": `public, max-age=${keptMs / secondMs}`,
  vary: "accept-language",
};

const languageOf = (request: Request): Language => {
  const accepted = request.acceptsLanguages([...languages]);
  return languages.find((language) => language === accepted) ?? "en";
};

/** Reads once for all who ask within `ms`; what failed is not kept. */
function keepFor(ms: number, read: () => Promise<PublicStatus>): () => Promise<PublicStatus> {
  let kept: Promise<PublicStatus> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (kept !== undefined && performance.now() - readAtMs < ms) return kept;
    readAtMs = performance.now();
    kept = read();
    kept.catch(() => (kept = undefined));
    return kept;
  };
}
