import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
} from "node:crypto";
import { keyedBlake2s } from "./blake2s.ts";
import { generateKeyPair, pkcs8Of } from "./keys.ts";

/** The keys of whoever begins a handshake, and the host's; base64 of 32 bytes each. */
export interface HandshakeKeys {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly presharedKey: string;
  readonly hostPublicKey: string;
}

/** A handshake that was begun. */
export interface Handshake {
  /** 148 bytes: what the host is sent. */
  readonly initiation: Buffer;
  /**
   * Whether these bytes are the host's answer to this very initiation: only the holder of its
   * private key can make them. A busy host's cookie counts too: it had the initiation.
   */
  isAnsweredBy(packet: Buffer): boolean;
}

/** The first four bytes of each kind of packet, as whoever sends it draws them. */
export interface HandshakeHeaders {
  readonly initiation: number;
  readonly isResponse: (header: number) => boolean;
  readonly isCookie: (header: number) => boolean;
}

const construction = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
const identifier = "WireGuard v1 zx2c4 Jason@zx2c4.com";
const macLabel = "mac1----";
const responseBytes = 92;
const cookieBytes = 64;
const macBytes = 16;
/** The moment 0 of TAI64, plus the ten leap seconds that there were in 1970. */
const tai64Start = 0x4000_0000_0000_000an;

/**
 * Begins a handshake as a WireGuard client does: Noise IK with a preshared key (the paper of
 * WireGuard, sections 5.4.2 and 5.4.3). `time` has to grow from one handshake of a peer to the
 * next: the host ignores others as repeated.
 */
export function beginHandshake(
  keys: HandshakeKeys,
  headers: HandshakeHeaders,
  time: HandshakeTime,
): Handshake {
  const host = fromBase64(keys.hostPublicKey);
  const own = generateKeyPair();
  const drawn = fromBase64(own.publicKey);
  const sender = randomBytes(4);
  const chain = new Chain(host);
  chain.mixHash(drawn);
  chain.mixKey(drawn);
  chain.mixKey(sharedSecret(own.privateKey, keys.hostPublicKey));
  const identity = chain.seal(fromBase64(keys.publicKey));
  chain.mixKey(sharedSecret(keys.privateKey, keys.hostPublicKey));
  const timestamp = chain.seal(tai64n(time));
  const header = Buffer.alloc(4);
  header.writeUInt32LE(headers.initiation);
  const body = Buffer.concat([header, sender, drawn, identity, timestamp]);
  const mac = keyedBlake2s(hash(Buffer.from(macLabel), host), body, macBytes);
  const isOurs = (packet: Buffer, at: number) => packet.subarray(at, at + 4).equals(sender);
  return {
    initiation: Buffer.concat([body, mac, Buffer.alloc(macBytes)]),
    isAnsweredBy: (packet) => {
      if (packet.length === cookieBytes)
        return headers.isCookie(packet.readUInt32LE(0)) && isOurs(packet, 4);
      if (packet.length !== responseBytes || !headers.isResponse(packet.readUInt32LE(0)))
        return false;
      return isOurs(packet, 8) && chain.copy().accepts(packet, { keys, own: own.privateKey });
    },
  };
}

/** When a handshake is begun: milliseconds since 1970, and which it is within that one. */
export interface HandshakeTime {
  readonly ms: number;
  readonly index: number;
}

/** Twelve bytes: seconds, and nanoseconds of the second. */
function tai64n({ ms, index }: HandshakeTime): Buffer {
  const stamp = Buffer.alloc(12);
  stamp.writeBigUInt64BE(tai64Start + BigInt(Math.floor(ms / 1_000)));
  stamp.writeUInt32BE((ms % 1_000) * 1_000_000 + index, 8);
  return stamp;
}

/** What both sides have mixed in so far. */
class Chain {
  #chaining: Buffer;
  #hash: Buffer;
  #key: Buffer = Buffer.alloc(32);

  constructor(host: Buffer) {
    this.#chaining = hash(Buffer.from(construction));
    this.#hash = hash(hash(this.#chaining, Buffer.from(identifier)), host);
  }

  copy(): Chain {
    const copied = new Chain(Buffer.alloc(0));
    copied.#chaining = this.#chaining;
    copied.#hash = this.#hash;
    return copied;
  }

  mixHash(data: Buffer): void {
    this.#hash = hash(this.#hash, data);
  }

  mixKey(input: Buffer): void {
    const [chaining, key] = derive(this.#chaining, input);
    this.#chaining = chaining;
    this.#key = key;
  }

  seal(text: Buffer): Buffer {
    const options = { authTagLength: macBytes };
    const cipher = createCipheriv("chacha20-poly1305", this.#key, Buffer.alloc(12), options);
    cipher.setAAD(this.#hash, { plaintextLength: text.length });
    const body = Buffer.concat([cipher.update(text), cipher.final()]);
    const sealed = Buffer.concat([body, cipher.getAuthTag()]);
    this.mixHash(sealed);
    return sealed;
  }

  /** Whether the response's empty text opens. */
  accepts(
    response: Buffer,
    { keys, own }: { readonly keys: HandshakeKeys; readonly own: string },
  ): boolean {
    const drawn = response.subarray(12, 44);
    const theirs = drawn.toString("base64");
    this.mixHash(drawn);
    this.mixKey(drawn);
    this.mixKey(sharedSecret(own, theirs));
    this.mixKey(sharedSecret(keys.privateKey, theirs));
    const [chaining, mixed, key] = derive(this.#chaining, fromBase64(keys.presharedKey));
    this.#chaining = chaining;
    this.mixHash(mixed);
    const options = { authTagLength: macBytes };
    const decipher = createDecipheriv("chacha20-poly1305", key, Buffer.alloc(12), options);
    decipher.setAAD(this.#hash, { plaintextLength: 0 }).setAuthTag(response.subarray(44, 60));
    try {
      decipher.final();
      return true;
    } catch {
      return false;
    }
  }
}

const fromBase64 = (text: string): Buffer => Buffer.from(text, "base64");

const hash = (...parts: readonly Buffer[]): Buffer =>
  createHash("blake2s256").update(Buffer.concat(parts)).digest();

const hmac = (key: Buffer, ...parts: readonly Buffer[]): Buffer =>
  createHmac("blake2s256", key).update(Buffer.concat(parts)).digest();

/** The first three outputs of HKDF. */
function derive(chaining: Buffer, input: Buffer): [Buffer, Buffer, Buffer] {
  const secret = hmac(chaining, input);
  const first = hmac(secret, Buffer.of(1));
  const second = hmac(secret, first, Buffer.of(2));
  return [first, second, hmac(secret, second, Buffer.of(3))];
}

/** The same for both sides; all zeros where the other key is not one of X25519. */
function sharedSecret(privateKey: string, publicKey: string): Buffer {
  const x = fromBase64(publicKey).toString("base64url");
  try {
    return diffieHellman({
      privateKey: createPrivateKey({ key: pkcs8Of(privateKey), format: "der", type: "pkcs8" }),
      publicKey: createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" }),
    });
  } catch {
    return Buffer.alloc(32);
  }
}
