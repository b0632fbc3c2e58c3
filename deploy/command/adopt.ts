import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { DurableClient } from "../../client/durable.ts";
import { adoptHostUsers, findHostDrift } from "../../client/hosts.ts";
import type { HostDetails } from "../../db/queries/access/hosts.ts";
import type {
  AdoptionLine,
  AdoptionOrder,
  AdoptionRequest,
  AdoptionResult,
} from "../../domain/access/adoption.ts";
import type { DriftPart, ForeignLine } from "../../domain/access/drift.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { dayMs } from "../../domain/time.ts";
import type { AdoptCommand, WantedAdoption } from "./adopt-arguments.ts";
import { complain, print } from "./output.ts";
import { textTable } from "./text-table.ts";

/** As a host's longest listing. */
const listTimeoutMs = 200_000;
/** Thousands of users, one transaction each. */
const adoptTimeoutMs = 3_600_000;

type WithClient = <Result>(act: (client: DurableClient) => Promise<Result>) => Promise<Result>;

/**
 * Lists who on a host is not ours, or takes them over as the operator asks.
 * @returns the exit code: 1 if nothing was done, as without `--yes`.
 */
export async function adopt(
  { id: hostId, name }: HostDetails,
  { wants, json, isSure, by: operatorName }: AdoptCommand,
  withClient: WithClient,
): Promise<number> {
  const requestId = `command-line-${randomUUID()}`;
  if (wants === undefined) {
    const found = await withClient((client) =>
      findHostDrift(client, { requestId, hostId }, listTimeoutMs),
    );
    if (found.kind !== "compared") return complain(troubleOf(name, found));
    const { foreign } = found;
    return print(
      json ? [JSON.stringify({ host: name, ...foreign }, null, 2)] : listLines(name, foreign),
    );
  }
  const order = orderOf(wants);
  if ("problem" in order) return complain(order.problem);
  const isDry = !isSure;
  const by = operator;
  const request: AdoptionRequest = { requestId, by, operatorName, hostId, order, isDry };
  const result = await withClient((client) => adoptHostUsers(client, request, adoptTimeoutMs));
  if (result.kind !== "done") return complain(troubleOf(name, result));
  const lines = json
    ? [JSON.stringify({ host: name, isDry, ...result }, null, 2)]
    : resultLines(name, result, isDry);
  return print(lines, isSure);
}

function troubleOf(name: string, answer: Exclude<AdoptionResult, { kind: "done" }>): string {
  switch (answer.kind) {
    case "noHost":
      return `there is no host "${name}" any more`;
    case "noPlan":
      return "there is no such plan: `plans` lists them";
    case "away":
      return `${name} does not answer: ${answer.trouble}`;
  }
}

function orderOf(wants: WantedAdoption): AdoptionOrder | { readonly problem: string } {
  if (wants.kind === "external") return wants;
  const { file, ...order } = wants;
  if (file === undefined) return order;
  const owners = readOwners(file);
  return "problem" in owners ? owners : { ...order, owners: owners.owners };
}

type ReadOwners =
  | { readonly owners: Readonly<Record<string, number>> }
  | { readonly problem: string };

/** Reads lines of `IDENTITY,NUMBER`; the first may name the columns. */
function readOwners(file: string): ReadOwners {
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    return { problem: `${file} cannot be read: ${(error as Error).message}` };
  }
  const owners: Record<string, number> = {};
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (line.trim() === "") continue;
    const [identity = "", number = "", ...more] = line.split(/[,;\t]/u).map((cell) => cell.trim());
    const isHead = index === 0 && !/\d/u.test(number);
    if (isHead) continue;
    if (identity === "" || !/^\d{1,15}$/u.test(number) || more.length > 0) {
      return { problem: `${file}, line ${index + 1}: not IDENTITY,NUMBER` };
    }
    if (Object.hasOwn(owners, identity)) {
      return { problem: `${file}, line ${index + 1}: "${identity}" is there twice` };
    }
    owners[identity] = Number(number);
  }
  return { owners };
}

function listLines(name: string, { count, lines }: DriftPart<ForeignLine>): string[] {
  if (count === 0) return [`${name}: all are ours`];
  const rows = lines.map(({ identity, addresses, endsAt, isLetIn, owner, isExternal }) => [
    identity,
    owner === undefined ? "" : String(owner),
    isLetIn === undefined ? addresses.join(", ") : isLetIn ? "let in" : "shut out",
    endsAt === undefined ? "" : (endsAt ?? "never"),
    isExternal ? "marked external" : "",
  ]);
  return [
    `${name}: ${count} are not ours`,
    ...textTable([["IDENTITY", "TELEGRAM", "THERE", "END", "NOTE"], ...rows]),
    ...(count > lines.length ? [`and ${count - lines.length} more`] : []),
  ];
}

function resultLines(
  name: string,
  { counts, lines }: Extract<AdoptionResult, { kind: "done" }>,
  isDry: boolean,
): string[] {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return [
    `${name}: ${counts.adopted} ${isDry ? "would become" : "became"} customers, ${counts.external} ${isDry ? "would be" : "are"} marked external, ${counts.known} were so before, ${counts.refused} not`,
    ...(lines.length > 0 ? textTable(lines.map(rowOf)) : []),
    ...(all > lines.length ? [`and ${all - lines.length} more`] : []),
    ...(isDry ? ["nothing was done: repeat it with --yes"] : []),
  ];
}

function rowOf({ identity, kind, owner, ms, why }: AdoptionLine): string[] {
  switch (kind) {
    case "adopted":
      return [
        identity,
        `customer ${owner}`,
        ms ? `${(ms / dayMs).toFixed(1)} days` : "without time",
      ];
    case "external":
      return [identity, "external", ""];
    case "known":
      return [identity, "as before", ""];
    case "refused":
      return [identity, "not", why === undefined ? "" : reasons[why]];
  }
}

const reasons: Readonly<Record<NonNullable<AdoptionLine["why"]>, string>> = {
  noTelegramId: "its name and note say no number in Telegram, or several: name it in --file",
  badName: "its name has characters that the panel's addresses cannot have",
  badAddress: "it has not exactly one address of the host's network",
  addressTaken: "its address is a customer's already",
  noEnd: "it has no end there: say --days or --until",
  badTime: "so much time cannot be given",
  identityTaken: "a customer on another host has this name",
  blocked: "this customer is blocked",
};
