import { extname } from "node:path";
import { parseJsonObject, readBody, type Request, smallBody } from "../kit/http.ts";
import type { Upload } from "./params.ts";
import { badRequest, Refusal } from "./refusal.ts";

interface CallBody {
  readonly params: Readonly<Record<string, unknown>>;
  readonly uploads: ReadonlyMap<string, Upload>;
}

const uploadLimit = 50 * 1024 * 1024;
const none: ReadonlyMap<string, Upload> = new Map();

/** What a Bot API call carries in its query and its body, however it is encoded. */
export async function readCallBody({ raw, query }: Request): Promise<CallBody> {
  const type = raw.headers["content-type"] ?? "";
  const asked = Object.fromEntries(query);
  if (type.startsWith("multipart/form-data")) {
    const { params, uploads } = await readForm(await readBody(raw, uploadLimit + smallBody), type);
    return { params: { ...asked, ...params }, uploads };
  }
  const text = (await readBody(raw, smallBody)).toString("utf8");
  const params = type.startsWith("application/json")
    ? parseJsonObject(text)
    : Object.fromEntries(new URLSearchParams(text));
  return { params: { ...asked, ...params }, uploads: none };
}

async function readForm(body: Buffer, type: string): Promise<CallBody> {
  if (isEmptyForm(body, type)) return { params: {}, uploads: none };
  const form = await new Response(Uint8Array.from(body), { headers: { "content-type": type } })
    .formData()
    .catch(() => {
      throw badRequest("can't parse multipart/form-data");
    });
  const params: Record<string, unknown> = {};
  const uploads = new Map<string, Upload>();
  for (const [key, value] of form) {
    if (typeof value === "string") params[key] = value;
    else uploads.set(key, await readUpload(value));
  }
  return { params, uploads };
}

/** Bots in Go send a form without a part where a call has no parameters; a parser refuses it. */
function isEmptyForm(body: Buffer, type: string): boolean {
  const text = body.length < longestBoundary ? body.toString("latin1").trim() : undefined;
  const boundary = /boundary="?([^";]+)/iu.exec(type)?.[1]?.trim();
  return text === "" || (boundary !== undefined && text === `--${boundary}--`);
}

/** In bytes: RFC 2046 allows a boundary 70 characters, beside which stand dashes and line ends. */
const longestBoundary = 100;

async function readUpload(file: File): Promise<Upload> {
  if (file.size > uploadLimit) throw new Refusal(413, "Request Entity Too Large");
  const bytes = Buffer.from(await file.arrayBuffer());
  return { name: file.name, mime: mimes[extname(file.name).toLowerCase()] ?? file.type, bytes };
}

/** Telegram goes by the name: clients seldom say what they send. */
const mimes: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".conf": "text/plain",
  ".txt": "text/plain",
  ".csv": "text/csv",
  ".json": "application/json",
  ".pdf": "application/pdf",
  ".zip": "application/zip",
};
