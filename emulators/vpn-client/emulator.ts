import express, { type ErrorRequestHandler, type Request, type Response } from "express";
import * as z from "zod";
import { defineEmulator } from "../kit/emulator.ts";
import { BrokenConf } from "./conf.ts";
import { options, prefix } from "./options.ts";
import { tryKey } from "./trial.ts";

const maxAtOnce = 3;
const maxBody = "32kb";
const tryBody = z.object({ conf: z.string().min(1).max(16_384) });

/**
 * A person's VPN app behind HTTP: `POST /try {conf}` says whether the key connects. 400 for a text
 * that is not a configuration, 429 while three keys are being tried, 503 where no client can run.
 */
export const vpnClient = defineEmulator({
  name: "vpn-client",
  prefix,
  options,
  open: (settings) => {
    const app = createExpressApp(settings.awgNode);
    return {
      answer: ({ raw, response }) => {
        app(raw, response);
        return Promise.resolve(undefined);
      },
      stop: () => undefined,
    };
  },
});

/** Starts it; the options are those of `options.ts`. */
export const startVpnClientEmulator = vpnClient.start;

function createExpressApp(findProgram: () => Promise<string>): express.Express {
  const app = express().disable("x-powered-by");
  let underway = 0;
  app.post("/try", express.json({ limit: maxBody }), (request, response, next) => {
    if (underway >= maxAtOnce) {
      return refuse(response, 429, "Three keys are being tried now. Try again in ten seconds.");
    }
    underway += 1;
    answerTrial(request, response, findProgram)
      .catch(next)
      .finally(() => (underway -= 1));
  });
  app.use(answerError);
  return app;
}

async function answerTrial(
  request: Request,
  response: Response,
  findProgram: () => Promise<string>,
): Promise<void> {
  const body = tryBody.safeParse(request.body);
  if (!body.success) {
    return refuse(response, 400, 'Send JSON: {"conf": "the text of a .conf file"}.');
  }
  const program = await findProgram().catch((error: unknown) => error as Error);
  if (program instanceof Error) return refuse(response, 503, program.message);
  try {
    response.json(await tryKey(body.data.conf, program));
  } catch (error) {
    if (!(error instanceof BrokenConf)) throw error;
    refuse(response, 400, `This is not a working VPN configuration: ${error.message}.`);
  }
}

/** `error` for programs, `reason` for people: the same words. */
function refuse(response: Response, status: number, reason: string): void {
  response.status(status).json({ connected: false, reason, error: reason });
}

const answerError: ErrorRequestHandler = (
  error: Error & { status?: number },
  _request,
  response,
  _next,
) => {
  const isTheirs = error.status !== undefined && error.status < 500;
  if (isTheirs) return refuse(response, error.status ?? 400, "This is not JSON of up to 32 kB.");
  refuse(response, 500, "The VPN client of this machine failed. Try again.");
};
