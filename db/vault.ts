import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const algorithm = "aes-256-gcm";
const ivBytes = 12;

/** A key and the name it is stored under, so that old rows stay readable after a rotation. */
export interface VaultKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/**
 * Encrypts what rests in the database: AES-256-GCM, `<key id>.<iv>.<tag>.<text>` in base64url. The first key
 * encrypts; all of them decrypt. `purpose` binds a value to its row, so that rows cannot be swapped unseen.
 */
export class Vault {
  readonly #keys: Map<string, Buffer>;
  readonly #current: VaultKey;

  constructor(keys: readonly VaultKey[]) {
    const [current] = keys;
    if (current === undefined) throw new RangeError("a vault needs at least one key");
    this.#current = current;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  seal(text: string, purpose: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, this.#current.key, iv).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    const parts = [iv, cipher.getAuthTag(), sealed].map((part) => part.toString("base64url"));
    return [this.#current.id, ...parts].join(".");
  }

  /** @throws Error when the key is not in ENCRYPTION_KEYS any more, or the value was altered or moved. */
  open(sealed: string, purpose: string): string {
    const [id = "", iv = "", tag = "", text = ""] = sealed.split(".");
    const key = this.#keys.get(id);
    if (key === undefined) {
      throw new Error(
        `the encryption key "${id}" is not in ENCRYPTION_KEYS: add it behind the present one`,
      );
    }
    const decipher = createDecipheriv(algorithm, key, Buffer.from(iv, "base64url"))
      .setAuthTag(Buffer.from(tag, "base64url"))
      .setAAD(Buffer.from(purpose));
    try {
      return decipher.update(text, "base64url", "utf8") + decipher.final("utf8");
    } catch {
      throw new Error(`a stored secret (${purpose}) does not match its encryption key "${id}"`);
    }
  }
}

/** Reads `<id>:<base64 of 32 bytes>[,…]`; undefined when it is anything else. */
export function parseVaultKeys(text: string): VaultKey[] | undefined {
  const keys = text.split(",").map((part) => {
    const [, id, base64] = /^([\w-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/u.exec(part.trim()) ?? [];
    return { id: id ?? "", key: Buffer.from(base64 ?? "", "base64") };
  });
  const distinct = new Set(keys.map(({ id }) => id)).size === keys.length;
  return distinct && keys.every(({ key }) => key.length === 32) ? keys : undefined;
}
