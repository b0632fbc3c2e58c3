import type { IncomingHttpHeaders } from "node:http";
import { requestByLink } from "../../client/access.ts";
import type { DurableClient } from "../../client/durable.ts";
import { hashHwid, type LinkFacts, type LinkQueries } from "../../db/queries/access/links.ts";
import { countsNoHwids, mostHwids } from "../../domain/access/link.ts";
import { tidyLine } from "../../domain/people/customer.ts";

/** What apps call a phone or computer: at least six characters, as panels take them. */
const hwidForm = /^[\u0021-\u007e]{6,256}$/u;

const longestName = 64;

/**
 * Whether this phone or computer may use the link. Where the panel counts them itself, and where an
 * app does not say which one it is, it may. A new one is counted in the books, if there is room.
 * @throws Unavailable when it is new and Temporal does not answer.
 */
export async function admitHwid(
  { links, client }: { readonly links: LinkQueries; readonly client: DurableClient },
  { deviceId, access }: LinkFacts,
  headers: IncomingHttpHeaders,
): Promise<boolean> {
  const hwid = headers["x-hwid"];
  if (typeof hwid !== "string" || !hwidForm.test(hwid)) return true;
  if (access === undefined || !countsNoHwids(access.hostKind)) return true;
  const hash = hashHwid(deviceId, hwid);
  const known = await links.listHwids(deviceId);
  if (known.some((one) => one.hash === hash)) return true;
  // Who has no room is refused by the books alone: no request reaches a workflow.
  if (known.length >= mostHwids) return false;
  const named = ["x-device-model", "x-device-os", "x-ver-os"].flatMap((one) => headers[one] ?? []);
  const words = [named.join(" "), headers["user-agent"] ?? ""].map((it) =>
    tidyLine(it, longestName),
  );
  const name = words.find(Boolean) ?? "?";
  return (await requestByLink(client, { kind: "hwid", deviceId, hash, name })) === "done";
}
