import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

const algorithm = "aes-256-gcm";
const ivBytes = 12;
/** The full tag: a shorter one is quicker to guess, and Node would accept one of 4 bytes. */
const tagBytes = 16;

/** A key and the name it is stored under, so that old rows stay readable after a rotation. */
export interface VaultKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** Whom a vault tells of values that it cannot open. */
export interface VaultOptions {
  /**
   * Called with the purpose of a value that `openOrReport` cannot open, and why;
   * never with the value.
   */
  readonly unreadable?: (purpose: string, reason: string) => void;
}

interface SealedParts {
  readonly id: string;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly text: string;
}

/**
 * Encrypts secrets at rest in the database: AES-256-GCM, `<key id>.<iv>.<tag>.<text>` in base64url.
 * The first key encrypts; all keys decrypt. `purpose` binds a value to its row, so that swapped
 * rows are detected.
 */
export class Vault {
  /** As key objects: with a buffer Node takes five times as long to create a cipher. */
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #current: { readonly id: string; readonly key: KeyObject };
  readonly #unreadable: NonNullable<VaultOptions["unreadable"]>;

  constructor(keys: readonly VaultKey[], { unreadable = () => undefined }: VaultOptions = {}) {
    const [current] = keys;
    if (current === undefined) throw new RangeError("a vault needs at least one key");
    this.#unreadable = unreadable;
    this.#keys = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)]));
    this.#current = { id: current.id, key: this.#keys.get(current.id)! };
  }

  /** Encrypts a text for a purpose with the first key. */
  seal(text: string, purpose: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, this.#current.key, iv, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    const parts = [iv, cipher.getAuthTag(), sealed].map((part) => part.toString("base64url"));
    return [this.#current.id, ...parts].join(".");
  }

  /** Whether `sealed` was encrypted with the first key. */
  isCurrent(sealed: string): boolean {
    return sealed.startsWith(this.currentPrefix);
  }

  /** The prefix of every value that was encrypted with the first key. */
  get currentPrefix(): string {
    return `${this.#current.id}.`;
  }

  /** A secret of 32 bytes for each key, the first key's first: the same for the same purpose. */
  derive(purpose: string): readonly Buffer[] {
    return Array.from(this.#keys.values(), (key) =>
      Buffer.from(hkdfSync("sha256", key, "", `tollgate ${purpose}`, 32)),
    );
  }

  /**
   * Decrypts a value for the purpose it was sealed for.
   * @throws Error when the value is not from `seal`, its key is not in ENCRYPTION_KEYS any
   * more, or it was altered or moved. The message holds the purpose and the key's name,
   * nothing else of the value.
   */
  open(sealed: string, purpose: string): string {
    const parts = partsOf(sealed);
    if (parts === undefined) throw new Error(`a stored secret (${purpose}) is not a sealed value`);
    const { id, iv, tag, text } = parts;
    const key = this.#keys.get(id);
    if (key === undefined) {
      const cure = `add it after the current one (for ${purpose})`;
      throw new Error(`the encryption key "${id}" is not in ENCRYPTION_KEYS: ${cure}`);
    }
    try {
      const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes })
        .setAuthTag(tag)
        .setAAD(Buffer.from(purpose));
      return decipher.update(text, "base64url", "utf8") + decipher.final("utf8");
    } catch {
      throw new Error(`a stored secret (${purpose}) does not match its encryption key "${id}"`);
    }
  }

  /**
   * Like `open` for one of many rows: a value that cannot be opened is reported,
   * and undefined returned.
   */
  openOrReport(sealed: string, purpose: string): string | undefined {
    try {
      return this.open(sealed, purpose);
    } catch (error) {
      this.#unreadable(purpose, (error as Error).message);
      return undefined;
    }
  }
}

/** Undefined when the form differs; a truncated tag is another form. */
function partsOf(sealed: string): SealedParts | undefined {
  const [, id, iv, tag, text] = /^([\w-]{1,32})\.([\w-]+)\.([\w-]+)\.([\w-]*)$/u.exec(sealed) ?? [];
  if (id === undefined) return undefined;
  const bytes = {
    iv: Buffer.from(iv ?? "", "base64url"),
    tag: Buffer.from(tag ?? "", "base64url"),
  };
  if (bytes.iv.length !== ivBytes || bytes.tag.length !== tagBytes) return undefined;
  return { id, ...bytes, text: text ?? "" };
}

/** Parses `<id>:<base64 of 32 bytes>[,…]`; undefined when it is anything else. */
export function parseVaultKeys(text: string): VaultKey[] | undefined {
  const keys = text.split(",").map((part) => {
    const [, id, base64] = /^([\w-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/u.exec(part.trim()) ?? [];
    return { id: id ?? "", key: Buffer.from(base64 ?? "", "base64") };
  });
  const distinct = new Set(keys.map(({ id }) => id)).size === keys.length;
  return distinct && keys.every(({ key }) => key.length === 32) ? keys : undefined;
}
