import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type Request, type Response } from "express";
import * as z from "zod";
import { BrokenConf } from "./conf.ts";
import { tryKey } from "./trial.ts";

const mostAtOnce = 3;
const longestBody = "32kb";
const asked = z.object({ conf: z.string().min(1).max(16_384) });

export interface VpnClientEmulator {
  readonly url: string;
  close(): Promise<void>;
}

export interface VpnClientOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The path of an awgnode. @throws Error that tells why there is none. */
  readonly awgNode: () => Promise<string>;
}

/**
 * A person's VPN app behind HTTP, on this machine only: `POST /try {conf}` tells whether the key connects.
 * 400 for a text that is no configuration, 429 while three keys are being tried, 503 where no client can run.
 */
export async function startVpnClientEmulator(
  options: VpnClientOptions,
): Promise<VpnClientEmulator> {
  const app = express().disable("x-powered-by");
  let underway = 0;
  app.get("/healthz", (_request, response) => void response.send("ok\n"));
  app.post("/try", express.json({ limit: longestBody }), (request, response, next) => {
    if (underway >= mostAtOnce) {
      return answerNo(response, 429, "Three keys are being tried now. Try again in ten seconds.");
    }
    underway += 1;
    answerTrial(request, response, options.awgNode)
      .catch(next)
      .finally(() => (underway -= 1));
  });
  app.use(brokenBody);
  const server = await listening(app, options.port);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

async function answerTrial(
  request: Request,
  response: Response,
  awgNode: () => Promise<string>,
): Promise<void> {
  const body = asked.safeParse(request.body);
  if (!body.success)
    return answerNo(response, 400, 'Send JSON: {"conf": "the text of a .conf file"}.');
  const program = await awgNode().catch((error: unknown) => error as Error);
  if (program instanceof Error) return answerNo(response, 503, program.message);
  try {
    response.json(await tryKey(body.data.conf, program));
  } catch (error) {
    if (!(error instanceof BrokenConf)) throw error;
    answerNo(response, 400, `This is no working VPN configuration: ${error.message}.`);
  }
}

/** `error` for programs, `reason` for people: the same words. */
function answerNo(response: Response, status: number, reason: string): void {
  response.status(status).json({ connected: false, reason, error: reason });
}

const brokenBody: ErrorRequestHandler = (
  error: Error & { status?: number },
  _request,
  response,
  _next,
) => {
  const isTheirs = error.status !== undefined && error.status < 500;
  if (isTheirs) return answerNo(response, error.status ?? 400, "This is no JSON of up to 32 kB.");
  answerNo(response, 500, "The VPN client of this machine failed. Try again.");
};

function listening(app: express.Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, "127.0.0.1", (error?: Error) =>
      error === undefined ? resolve(server) : reject(error),
    );
  });
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
