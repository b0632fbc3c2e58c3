import { randomUUID } from "node:crypto";
import { type NextFunction, type Request, type Response, Router } from "express";
import { Counter, type Registry } from "prom-client";
import { requestByLink } from "../../client/access.ts";
import type { DurableClient } from "../../client/durable.ts";
import { hashToken, type LinkFacts, type LinkQueries } from "../../db/queries/access/links.ts";
import type { ShopSettingsReader } from "../../db/queries/operations/shop-settings.ts";
import { linkPath } from "../../domain/access/link.ts";
import { type Language, languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { admitHwid } from "./hwids.ts";
import { filePage, linkPage, pagePolicy, wrongPage } from "./link-page.ts";
import { profileHeaders, type ShopProfile, tooManyHeaders } from "./profile-headers.ts";
import { addressOf, type RateLimit, RateLimits } from "./rate-limits.ts";
import { SourceReader } from "./source-reader.ts";

/** What links read and ask. */
export interface LinkPorts {
  readonly links: LinkQueries;
  readonly shop: Pick<ShopSettingsReader, "get">;
  readonly client: DurableClient;
  readonly registry: Registry;
  /** By default such as no app and no family behind one address reaches. */
  readonly limits?: Readonly<Record<"token" | "address", RateLimit>>;
}

const usualLimits = {
  token: { burst: 30, refillMs: 2_000 },
  address: { burst: 300, refillMs: 100 },
} as const;

/** A token that leads nowhere costs its address as much as this many that lead somewhere. */
const wrongCost = 10;

/**
 * The shop's own links: `/s/<token>` of a device, which apps fetch and browsers open, and
 * `/f/<token>` to a key's file, once. `publicUrl` is where this router is reached.
 */
export function links(publicUrl: string, ports: LinkPorts): Router {
  return new Links(publicUrl, ports).router();
}

class Links {
  readonly #publicUrl: string;
  readonly #ports: LinkPorts;
  readonly #sources: SourceReader;
  readonly #byToken: RateLimits;
  readonly #byAddress: RateLimits;
  readonly #outcomes: Counter<"outcome">;

  constructor(publicUrl: string, ports: LinkPorts) {
    this.#publicUrl = publicUrl;
    this.#ports = ports;
    this.#sources = new SourceReader(ports);
    const limits = ports.limits ?? usualLimits;
    this.#byToken = new RateLimits(limits.token);
    this.#byAddress = new RateLimits(limits.address);
    this.#outcomes = new Counter({
      name: "tollgate_link_requests_total",
      help: "Requests of subscription links and links to files, by what became of them",
      labelNames: ["outcome"],
      registers: [ports.registry],
    });
  }

  router(): Router {
    const router = Router();
    router.use(["/s", "/f"], (request, response, next) => this.#guard(request, response, next));
    router.get("/s/:token", (request, response) => this.#serve(request, response));
    router.get("/f/:token", (request, response) => this.#showFile(request, response));
    router.post("/f/:token", (request, response) => this.#giveFile(request, response));
    return router;
  }

  /** Nothing of a link is kept anywhere; too many requests of one address wait. */
  #guard(request: Request, response: Response, next: NextFunction): void {
    response.set({ "cache-control": "no-store", "x-robots-tag": "noindex" });
    const waitS = this.#byAddress.take(addressOf(request));
    if (waitS > 0) return this.#limit(response, waitS);
    next();
  }

  async #serve(request: Request<{ token: string }>, response: Response): Promise<void> {
    const { token } = request.params;
    const facts = await this.#ports.links.find(token, instant(new Date()));
    if (facts === undefined) return this.#answerWrong(request, response);
    const waitS = this.#byToken.take(facts.tokenHash);
    if (waitS > 0) return this.#limit(response, waitS);
    const { name, zone, support } = await this.#ports.shop.get();
    const pageUrl = this.#publicUrl + linkPath(token);
    if (wantsPage(request)) {
      const language = languageFor(request, facts.language);
      const userAgent = request.get("user-agent") ?? "";
      const shown = { facts, link: pageUrl, shop: { name, zone }, language, userAgent };
      return this.#sendPage(response, "page", linkPage(shown));
    }
    const shop = { name, supportUrl: supportUrlOf(support), pageUrl };
    return this.#serveApp(request, response, { token, facts, shop });
  }

  async #serveApp(
    request: Request,
    response: Response,
    { token, facts, shop }: LinkFetch,
  ): Promise<void> {
    if (!(await admitHwid(this.#ports, facts, request.headers))) {
      this.#count("tooManyDevices");
      return void response.status(403).set(tooManyHeaders(facts)).json({ error: "Forbidden" });
    }
    const result = await this.#sources.read(token, facts, request.headers);
    switch (result.kind) {
      case "answered":
      case "stale": {
        if (result.kind === "stale" && !facts.isLetIn) return this.#answerUnavailable(response);
        this.#count(result.kind);
        const { type, headers, body } = result.answer;
        response.set({ ...profileHeaders(facts, shop, headers), "content-type": type });
        return void response.send(body);
      }
      case "refused": {
        this.#count("refused");
        // A panel that counts devices refuses those that are too many so.
        const isFull = result.status === 403 && request.get("x-hwid") !== undefined;
        if (isFull) response.set(tooManyHeaders(facts));
        return void response.status(result.status).json({ error: "Refused" });
      }
      case "absent":
      case "failed":
        return this.#answerUnavailable(response);
    }
  }

  async #showFile(request: Request<{ token: string }>, response: Response): Promise<void> {
    const { token } = request.params;
    const state = await this.#ports.links.findFileLink(token, instant(new Date()));
    if (state === undefined) return this.#answerWrong(request, response);
    if (state === "gone") response.status(410);
    this.#sendPage(response, "filePage", filePage(languageFor(request), state));
  }

  async #giveFile(request: Request<{ token: string }>, response: Response): Promise<void> {
    const { token } = request.params;
    const { links: books, client } = this.#ports;
    const now = instant(new Date());
    const state = await books.findFileLink(token, now);
    if (state === undefined) return this.#answerWrong(request, response);
    const requestId = randomUUID();
    const tokenHash = hashToken(token);
    const result =
      state === "open"
        ? await requestByLink(client, { kind: "file", tokenHash, requestId })
        : "refused";
    const file = result === "done" ? await books.openFile(token, requestId) : undefined;
    if (file === undefined) {
      // A host that is silent does not use the link up.
      const isGone = (await books.findFileLink(token, now)) !== "open";
      response.status(isGone ? 410 : 503);
      const shown = isGone ? "gone" : "unavailable";
      return this.#sendPage(response, "fileGone", filePage(languageFor(request), shown));
    }
    this.#count("file");
    response.attachment(file.fileName).type("application/octet-stream").send(file.conf);
  }

  /** The same for every token that leads nowhere, whatever the reason. */
  #answerWrong(request: Request, response: Response): void {
    this.#byAddress.take(addressOf(request), wrongCost);
    response.status(404);
    if (wantsPage(request)) {
      return this.#sendPage(response, "wrong", wrongPage(languageFor(request)));
    }
    this.#count("wrong");
    response.json({ error: "Not found" });
  }

  #answerUnavailable(response: Response): void {
    this.#count("unavailable");
    response.status(503).set("retry-after", "30").json({ error: "Try again later" });
  }

  #limit(response: Response, waitS: number): void {
    this.#count("limited");
    response.status(429).set("retry-after", String(waitS)).json({ error: "Too many requests" });
  }

  #sendPage(response: Response, outcome: string, html: string): void {
    this.#count(outcome);
    response.set("content-security-policy", pagePolicy).type("html").send(html);
  }

  #count(outcome: string): void {
    this.#outcomes.inc({ outcome });
  }
}

interface LinkFetch {
  readonly token: string;
  readonly facts: LinkFacts;
  readonly shop: ShopProfile;
}

const wantsPage = (request: Request): boolean =>
  (request.get("accept") ?? "").includes("text/html");

/** The reader's language as their browser says, else that of the link's owner. */
function languageFor(request: Request, usual: Language = "en"): Language {
  const wanted = request.get("accept-language");
  if (wanted === undefined) return usual;
  const accepted = request.acceptsLanguages([...languages]);
  return languages.find((language) => language === accepted) ?? usual;
}

/** Where the shop's contact can be opened; a name of Telegram, or a link. */
function supportUrlOf(contact: string | undefined): string | undefined {
  if (contact === undefined) return undefined;
  if (/^@\w{4,32}$/u.test(contact)) return `https://t.me/${contact.slice(1)}`;
  return /^https:\/\/[\u0021-\u007e]+$/u.test(contact) ? contact : undefined;
}
