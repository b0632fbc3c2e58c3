import type { ClientFields } from "./clients.ts";
import { Failure } from "./failure.ts";

/** What `add` takes: a client, and the inbounds that it is put on. */
export interface Creation {
  readonly client: ClientFields;
  readonly inboundIds: readonly number[];
}

type Kind = "string" | "int" | "int64" | "bool";
type Json = Readonly<Record<string, unknown>>;

/** The fields of a client on the wire, by their lower-case names: those of JSON have no case. */
const fields: Readonly<
  Record<string, readonly [wire: string, kind: Kind, own: keyof ClientFields]>
> = Object.fromEntries(
  (
    [
      ["id", "string", "uuid"],
      ["password", "string", "password"],
      ["flow", "string", "flow"],
      ["auth", "string", "auth"],
      ["email", "string", "email"],
      ["limitIp", "int", "limitIp"],
      ["totalGB", "int64", "totalGB"],
      ["expiryTime", "int64", "expiryTime"],
      ["enable", "bool", "enable"],
      ["tgId", "int64", "tgId"],
      ["subId", "string", "subId"],
      ["group", "string", "group"],
      ["comment", "string", "comment"],
      ["reset", "int", "reset"],
      ["created_at", "int64", "createdAt"],
      ["updated_at", "int64", "updatedAt"],
    ] as const
  ).map((field) => [field[0].toLowerCase(), field]),
);

/** A client of which nothing is known. */
const emptyClient: ClientFields = {
  email: "",
  subId: "",
  uuid: "",
  password: "",
  auth: "",
  flow: "",
  limitIp: 0,
  totalGB: 0,
  expiryTime: 0,
  enable: false,
  tgId: 0,
  group: "",
  comment: "",
  reset: 0,
  createdAt: 0,
  updatedAt: 0,
};

/**
 * Parses JSON. The reasons are those of Go, which tells apart more kinds of broken text.
 * @throws Failure for what is not JSON.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === "") throw new Failure("EOF");
  try {
    return JSON.parse(text);
  } catch {
    const place = /^\s*\{\s*(?<found>[^"}\s])/u.exec(text)?.groups?.["found"];
    if (place === undefined) throw new Failure("unexpected EOF");
    throw new Failure(`invalid character '${place}' looking for beginning of object key string`);
  }
}

/** A client that stands by itself, as `update` takes it. @throws Failure for a field of a wrong kind. */
export const decodeClient = (body: unknown): ClientFields =>
  readClient(requireObject(body, "model.Client"), "Client.");

/** A client with its inbounds, as `add` takes it. @throws Failure for a field of a wrong kind. */
export function decodeCreation(body: unknown, prefix = "Client."): Creation {
  const given = requireObject(body, "service.ClientCreatePayload");
  const client = field(given, "client");
  return {
    client:
      client === undefined || client === null
        ? emptyClient
        : readClient(requireObject(client, "model.Client"), `${prefix}client.`),
    inboundIds: decodeIds(given),
  };
}

/** Several of them. @throws Failure unless it is a list. */
export function decodeCreations(body: unknown): Creation[] {
  if (Array.isArray(body)) return body.map((one) => decodeCreation(one));
  throw mismatch(kindOf(body), "[]service.ClientCreatePayload");
}

/** The `inboundIds` of a body. */
export const decodeIds = (body: unknown): readonly number[] =>
  decodeList(body, "inboundIds", (one): one is number => typeof one === "number", "int");

/** The `emails` of a body. */
export const decodeEmails = (body: unknown): readonly string[] =>
  decodeList(body, "emails", (one): one is string => typeof one === "string", "string");

/** Two counts of bytes, as `updateTraffic` takes them. */
export function decodeTraffic(body: unknown): { upload: number; download: number } {
  const given = requireObject(body, "controller.trafficUpdateRequest");
  const read = (name: string) => readField(field(given, name), "int64", name) as number;
  return { upload: read("upload") ?? 0, download: read("download") ?? 0 };
}

function decodeList<Item>(
  body: unknown,
  name: string,
  isItem: (one: unknown) => one is Item,
  kind: string,
): readonly Item[] {
  const given = field(requireObject(body, "request"), name) ?? [];
  if (!Array.isArray(given)) throw mismatch(kindOf(given), `[]${kind}`);
  const wrong = given.find((one) => !isItem(one));
  if (wrong !== undefined) throw mismatch(kindOf(wrong), kind, name);
  return given as Item[];
}

function readClient(given: Json, place: string): ClientFields {
  const read: Record<string, unknown> = { ...emptyClient };
  for (const [name, value] of Object.entries(given)) {
    const known = fields[name.toLowerCase()];
    if (known === undefined) continue;
    const [wire, kind, own] = known;
    const decoded = readField(value, kind, `${place}${wire}`);
    if (decoded !== undefined) read[own] = decoded;
  }
  return read as unknown as ClientFields;
}

/** Undefined for null and for what is not there: the field keeps its zero. */
function readField(value: unknown, kind: Kind, place: string): unknown {
  if (value === null || value === undefined) return undefined;
  const isRight =
    kind === "int" || kind === "int64"
      ? typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 63
      : typeof value === (kind === "bool" ? "boolean" : "string");
  if (!isRight) throw mismatch(kindOf(value, kind), kind, place);
  return value;
}

function requireObject(value: unknown, type: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw mismatch(kindOf(value), type);
}

const field = (given: Json, name: string): unknown =>
  Object.entries(given).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

/** What Go calls a JSON value; a number that does not fit is named itself. */
function kindOf(value: unknown, wanted?: Kind): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  if (typeof value !== "number") return typeof value;
  return wanted === "int" || wanted === "int64" ? `number ${value}` : "number";
}

const mismatch = (kind: string, type: string, place?: string): Failure =>
  place === undefined
    ? new Failure(`json: cannot unmarshal ${kind} into Go value of type ${type}`)
    : new Failure(`json: cannot unmarshal ${kind} into Go struct field ${place} of type ${type}`);
