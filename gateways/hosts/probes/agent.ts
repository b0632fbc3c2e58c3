import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  agentPath,
  longestBody,
  longestSkewMs,
  proofHeader,
  proofOfAnswer,
  readProof,
  type RequestName,
} from "./agent-protocol.ts";
import { probeAttempt, type Reach } from "./attempt.ts";

/** What an agent knows and does. */
export interface AgentPorts {
  /** Shared with the shop: who does not know it is refused. */
  readonly secret: string;
  readonly reach: Reach;
  readonly now?: () => number;
}

/** So many attempts run at once: a shop asks for one host after the other. */
const mostAtOnce = 20;

/**
 * An HTTP server that makes attempts for a shop, from where it runs. Requests and answers are
 * signed, so that it needs no TLS; a request counts once, and only within a minute.
 */
export function createAgent(ports: AgentPorts): Server {
  const agent = new Agent(ports);
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000 },
    (request, answer) => void agent.handle(request, answer).catch(() => answer.destroy()),
  );
  server.maxConnections = 100;
  return server;
}

class Agent {
  readonly #ports: AgentPorts;
  /** The numbers that were used within the last minutes, with their moments. */
  readonly #used = new Map<string, number>();
  #running = 0;

  constructor(ports: AgentPorts) {
    this.#ports = ports;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/healthz") return send(response, 200, { ok: true });
    if (request.method !== "POST" || request.url !== agentPath) {
      return send(response, 404, { error: "Not found" });
    }
    const body = await readBody(request);
    if (body === undefined) return send(response, 413, { error: "Too long" });
    const name = this.#prove(request, body);
    if (typeof name === "string") return send(response, 401, { error: name });
    if (this.#running >= mostAtOnce) return send(response, 503, { error: "Busy" });
    this.#running += 1;
    try {
      await this.#answer(name, body, response);
    } finally {
      this.#running -= 1;
    }
  }

  /** The request's name, or why it is refused. */
  #prove(request: IncomingMessage, body: string): RequestName | string {
    const { secret, now = Date.now } = this.#ports;
    const name = readProof(secret, String(request.headers[proofHeader] ?? ""), body);
    if (name === undefined) return "The secret is another one";
    const at = now();
    if (Math.abs(at - name.atMs) > longestSkewMs) return "The clocks are more than a minute apart";
    for (const [nonce, usedAt] of this.#used) {
      if (at - usedAt > 2 * longestSkewMs) this.#used.delete(nonce);
    }
    if (this.#used.has(name.nonce)) return "This was asked before";
    this.#used.set(name.nonce, at);
    return name;
  }

  async #answer(name: RequestName, body: string, response: ServerResponse): Promise<void> {
    const attempt = probeAttempt.safeParse(parse(body));
    if (!attempt.success) return send(response, 422, { error: "Not an attempt" });
    const text = JSON.stringify(await this.#ports.reach(attempt.data));
    response.setHeader(proofHeader, proofOfAnswer(this.#ports.secret, name, text));
    response.writeHead(200, { "content-type": "application/json" }).end(text);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  // What follows of a body that was not read to its end is not waited for.
  const close = status === 413 ? { connection: "close" } : {};
  response
    .writeHead(status, { "content-type": "application/json", ...close })
    .end(JSON.stringify(body));
}

/** Undefined: it is longer than an attempt can be. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
