import "../../runtime/connecting.ts";
import type { IncomingHttpHeaders } from "node:http";

/** What an app got from a panel, and may be given. */
export interface SourceAnswer {
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * `refused`: the panel knows the link and does not serve this app; `absent`: it does not know the
 * link; `failed`: it did not answer as a panel does.
 */
export type SourceResult =
  | { readonly kind: "answered"; readonly answer: SourceAnswer }
  | { readonly kind: "refused"; readonly status: 403 | 406 }
  | { readonly kind: "absent" | "failed" };

/** What decides on a panel's answer; other headers stay with us. */
const asked = ["user-agent", "accept", "x-hwid", "x-device-os", "x-ver-os", "x-device-model"];

/** What apps read of a panel's answer. What would lead them to the panel itself stays with us. */
const answered = [
  "content-disposition",
  "profile-title",
  "profile-update-interval",
  "subscription-userinfo",
  "subscription-refill-date",
  "support-url",
  "announce",
  "announce-url",
  "routing",
  "routing-enable",
  "x-hwid-active",
  "x-hwid-not-supported",
  "x-hwid-limit",
  "x-hwid-max-devices-reached",
];

const longestHeader = 8_192;
const mostBodyBytes = 512 * 1_024;
const timeoutMs = 5_000;

/** Never HTML: a panel's page would run as ours. */
const types = /^(?:text\/plain|text\/yaml|application\/(?:json|yaml|x-yaml|octet-stream|zip))\b/u;

/** The headers of an app that decide on the answer, cut to a sane length. */
export function askingHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const given = asked.flatMap((name): [string, string][] => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value.slice(0, 256)]] : [];
  });
  return Object.fromEntries(given);
}

/**
 * Fetches what is behind a link, within bounds of time and size. Redirects are not followed, so
 * that nobody is asked but the address in the host's settings. No result says which one that is.
 */
export async function fetchSource(
  source: string,
  headers: Readonly<Record<string, string>>,
): Promise<SourceResult> {
  try {
    const response = await fetch(source, {
      // Remnawave ends connections that no proxy has signed.
      headers: { ...headers, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const result = await readAnswer(response);
    if (result.kind !== "answered") await response.body?.cancel().catch(() => undefined);
    return result;
  } catch {
    return { kind: "failed" };
  }
}

async function readAnswer(response: Response): Promise<SourceResult> {
  const { status, headers } = response;
  if (status === 403 || status === 406) return { kind: "refused", status };
  if (status === 404 || status === 410) return { kind: "absent" };
  const type = headers.get("content-type") ?? "text/plain; charset=utf-8";
  if (status !== 200 || !types.test(type)) return { kind: "failed" };
  const body = await readBody(response);
  if (body === undefined) return { kind: "failed" };
  const kept = answered.flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value !== null && isPlain(value) ? [[name, value]] : [];
  });
  return { kind: "answered", answer: { type, body, headers: Object.fromEntries(kept) } };
}

const isPlain = (value: string): boolean =>
  value.length <= longestHeader && /^[\t\u0020-\u007e]*$/u.test(value);

/** Undefined: it is too large, unpacked. */
async function readBody({ body }: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
