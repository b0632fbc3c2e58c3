import { randomBytes } from "node:crypto";
import * as z from "zod";
import { workerSource } from "../../../domain/access/host-health.ts";
import { agentPath, isSame, proofHeader, proofOfAnswer, proofOfRequest } from "./agent-protocol.ts";
import { probeAnswer, type ProbeAttempt, type ProbeSource } from "./attempt.ts";

/** An agent, as the shop knows it. */
export interface AgentSettings {
  /** As administrators read it, e.g. `msk`. */
  readonly name: string;
  readonly url: string;
  readonly secret: string;
}

/** An agent's own limit is 3 s; beyond this it is not there. */
const answerMs = 8_000;

/** A place elsewhere from which hosts are probed: an agent that runs there. */
export const agentSource = ({ name, url, secret }: AgentSettings): ProbeSource => ({
  name,
  reach: async (attempt, signal) => {
    const limit = AbortSignal.timeout(answerMs);
    const until = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    return ask({ name, url, secret }, attempt, until);
  },
});

async function ask(
  { name, url, secret }: AgentSettings,
  attempt: ProbeAttempt,
  signal: AbortSignal,
) {
  const body = JSON.stringify(attempt);
  const request = { atMs: Date.now(), nonce: randomBytes(16).toString("hex") };
  const headers = { [proofHeader]: proofOfRequest(secret, request, body) };
  const init = { method: "POST", body, headers, signal, redirect: "error" as const };
  const response = await fetch(new URL(agentPath, url), init);
  const text = await response.text();
  if (response.status !== 200) {
    throw new Error(`the probe agent ${name} answers ${response.status}: ${text.slice(0, 200)}`);
  }
  const proof = response.headers.get(proofHeader) ?? "";
  if (!isSame(proof, proofOfAnswer(secret, request, text))) {
    throw new Error(`what answers for the probe agent ${name} does not know its secret`);
  }
  return probeAnswer.parse(JSON.parse(text));
}

const example = "msk=http://:secret@203.0.113.9:8088";

/** The least that a secret has: openssl rand -hex 16 makes 32. */
export const shortestSecret = 24;

/** `msk=http://:secret@203.0.113.9:8088,…`: agents by name. */
export const probeAgents = z.string().transform((text, context): readonly AgentSettings[] => {
  const agents = text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map(readAgent);
  const known = agents.flatMap((agent) => agent ?? []);
  const names = new Set(known.map(({ name }) => name));
  if (known.length === agents.length && names.size === known.length) return known;
  context.addIssue({
    code: "custom",
    message: `must be names and addresses like ${example}, each name once, with secrets of at least ${shortestSecret} characters`,
  });
  return z.NEVER;
});

function readAgent(text: string): AgentSettings | undefined {
  const [, name = "", address = ""] = /^([a-z0-9-]{1,16})=(\S+)$/u.exec(text) ?? [];
  const url = URL.parse(address);
  if (url === null || name === workerSource || !/^https?:$/u.test(url.protocol)) return undefined;
  const secret = decodeURIComponent(url.password);
  return secret.length < shortestSecret ? undefined : { name, url: url.origin, secret };
}
