import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import type { Queries } from "./orm.ts";
import type { VaultKey } from "./vault.ts";

/**
 * Secrets on their way from an entry point to the workers. An entry point seals with a public key
 * that the workers publish and cannot open what it has sealed; a Temporal payload holds nothing
 * else of it. X25519 with a key pair of its own for each text, HKDF-SHA256, AES-256-GCM:
 * `<key id>.<public key>.<iv>.<tag>.<text>` in base64url.
 */

/** The place of the workers' public key in the table `settings`. */
const publishedName = "sealed-box-key";

const algorithm = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;
/** The PKCS #8 header before the 32 bytes of an X25519 private key (RFC 8410, section 7). */
const pkcs8Head = Buffer.from("302e020100300506032b656e04220420", "hex");

/** Seals a text with a published key. `purpose` binds it to the request that carries it. */
export function sealFor(published: string, text: string, purpose: string): string {
  const [id = "", x = ""] = published.split(".");
  const theirs = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  const own = rawOf(publicKey);
  const iv = randomBytes(ivBytes);
  const key = keyOf(diffieHellman({ privateKey, publicKey: theirs }), own);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return [id, own, ...[iv, cipher.getAuthTag(), sealed].map(inBase64url)].join(".");
}

/** Opens what was sealed for the workers, with key pairs derived from those of the vault. */
export class SealedBoxes {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  /** The public key of the first pair, with its id, as entry points need it. */
  readonly published: string;

  constructor(keys: readonly VaultKey[]) {
    const [current] = keys;
    if (current === undefined) throw new RangeError("a sealed box needs at least one key");
    this.#keys = new Map(keys.map(({ id, key }) => [id, privateKeyOf(key)]));
    this.published = `${current.id}.${rawOf(createPublicKey(this.#keys.get(current.id)!))}`;
  }

  /**
   * Opens a text for the purpose that it was sealed for.
   * @returns undefined when it was sealed with another key, for another purpose, or was altered.
   */
  open(sealed: string, purpose: string): string | undefined {
    const [id = "", x = "", iv = "", tag = "", text = ""] = sealed.split(".");
    const privateKey = this.#keys.get(id);
    if (privateKey === undefined) return undefined;
    try {
      const publicKey = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });
      const key = keyOf(diffieHellman({ privateKey, publicKey }), x);
      const decipher = createDecipheriv(algorithm, key, Buffer.from(iv, "base64url"), {
        authTagLength: tagBytes,
      })
        .setAuthTag(Buffer.from(tag, "base64url"))
        .setAAD(Buffer.from(purpose));
      return decipher.update(text, "base64url", "utf8") + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }
}

/** Publishes the workers' public key, where entry points read it. */
export async function publishBoxKey(db: Queries, { published }: SealedBoxes): Promise<void> {
  await db
    .insertInto("settings")
    .values({ name: publishedName, value: published })
    .onConflict((row) => row.column("name").doUpdateSet({ value: published }))
    .execute();
}

/** The key that the workers have published; undefined: no worker has run yet. */
export async function findBoxKey(db: Queries): Promise<string | undefined> {
  const query = db.selectFrom("settings").select("value").where("name", "=", publishedName);
  return (await query.executeTakeFirst())?.value;
}

const inBase64url = (bytes: Buffer): string => bytes.toString("base64url");

/** The 32 bytes of a public key in base64url. */
const rawOf = (key: KeyObject): string => key.export({ format: "jwk" }).x ?? "";

/** Derived, so that whoever has the vault's keys needs no others. */
function privateKeyOf(key: Buffer): KeyObject {
  const seed = Buffer.from(hkdfSync("sha256", key, "", "tollgate/sealed-box/pair", 32));
  const der = Buffer.concat([pkcs8Head, seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

const keyOf = (shared: Buffer, sendersKey: string): Buffer =>
  Buffer.from(hkdfSync("sha256", shared, sendersKey, "tollgate/sealed-box/text", 32));
