import { createHash, randomBytes } from "node:crypto";
import { extname } from "node:path";
import type { Table } from "../kit/journal.ts";
import type { Document, PhotoSize, Recording } from "./bot-api.ts";
import type { Upload } from "./params.ts";
import { pictureSize } from "./picture-size.ts";
import { badRequest } from "./refusal.ts";

/** Decides the path of a file and its default extension. */
export type FileKind = "photo" | "document" | "voice" | "video";

/** A file as it is kept; `size` is in bytes. */
export interface StoredFile {
  readonly kind: FileKind;
  readonly id: string;
  readonly uniqueId: string;
  /** Where getFile says it can be downloaded. */
  readonly path: string;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly base64: string;
}

/** Everything the bot ever uploaded, by file_id. */
export class Files {
  readonly #rows: Table<StoredFile>;
  readonly #byPath = new Map<string, StoredFile>();

  constructor(rows: Table<StoredFile>) {
    this.#rows = rows;
    for (const file of rows.values()) this.#byPath.set(file.path, file);
  }

  /** Keeps a file under a new file_id. @throws Refusal 400 when it is empty. */
  add(kind: FileKind, { name, mime, bytes }: Upload): StoredFile {
    if (bytes.length === 0) throw badRequest("file must be non-empty");
    const number = this.#rows.size;
    const uniqueId = createHash("sha256")
      .update(kind)
      .update(bytes)
      .digest("base64url")
      .slice(0, 16);
    const id = randomBytes(42).toString("base64url");
    const path = `${kind}s/file_${number}${extname(name) || (kind === "photo" ? ".jpg" : "")}`;
    const named = { name, mime: mime || "application/octet-stream" };
    const content = { size: bytes.length, base64: bytes.toString("base64") };
    const file = { kind, id, uniqueId, path, ...named, ...content };
    this.#rows.set(id, file);
    this.#byPath.set(path, file);
    return file;
  }

  find(id: string): StoredFile | undefined {
    return this.#rows.get(id);
  }

  /** The file at a download path. */
  findByPath(path: string): StoredFile | undefined {
    return this.#byPath.get(path);
  }

  clear(): void {
    this.#rows.clear();
    this.#byPath.clear();
  }
}

/** A stored file's content. */
export const bytesOf = ({ base64 }: StoredFile): Buffer => Buffer.from(base64, "base64");

/**
 * The one size this server keeps. @throws Refusal 400 when the file is not a picture
 * that Telegram would show.
 */
export function photoSizes(file: StoredFile): PhotoSize[] {
  const size = pictureSize(bytesOf(file));
  if (size === undefined) throw badRequest("IMAGE_PROCESS_FAILED");
  const { width, height } = size;
  const ratio = Math.max(width / height, height / width);
  if (width + height > 10_000 || ratio > 20) throw badRequest("PHOTO_INVALID_DIMENSIONS");
  const { id, uniqueId } = file;
  return [{ file_id: id, file_unique_id: uniqueId, file_size: file.size, width, height }];
}

/** A stored file as the Bot API's `Document`. */
export function documentOf({ id, uniqueId, name, mime, size }: StoredFile): Document {
  const ids = { file_id: id, file_unique_id: uniqueId };
  return { file_name: name, mime_type: mime, ...ids, file_size: size };
}

/** A stored file as the Bot API's `Voice` or `Video`; nobody listens to it here. */
export function recordingOf({ id, uniqueId, mime, size }: StoredFile): Recording {
  const ids = { file_id: id, file_unique_id: uniqueId };
  return { ...ids, duration: 1, mime_type: mime, file_size: size };
}
