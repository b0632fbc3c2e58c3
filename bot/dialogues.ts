import type { DeviceId, TelegramId } from "../domain/ids.ts";
import { type Ephemeral, openMemory } from "../runtime/redis.ts";

const ttlSeconds = 600;

const keyOf = (of: TelegramId) => `dialogue:${of}:rename`;

/**
 * Which device a person is about to name. Kept in this process too, so that it works while Redis is
 * away.
 */
export class Dialogues {
  readonly #shared: Ephemeral;
  readonly #own = openMemory();

  constructor(shared: Ephemeral) {
    this.#shared = shared;
  }

  open(of: TelegramId, device: DeviceId): Promise<void> {
    return this.#write(keyOf(of), device);
  }

  /**
   * The device that the message `requestId` names, also when the same message comes again;
   * undefined when nobody asked for a name, or another message has given it.
   */
  async claim(of: TelegramId, requestId: string): Promise<DeviceId | undefined> {
    const key = keyOf(of);
    const [device, claimedBy] = (await this.#read(key))?.split("|") ?? [];
    if (device === undefined) return undefined;
    if (claimedBy === undefined) await this.#write(key, `${device}|${requestId}`);
    return claimedBy === undefined || claimedBy === requestId ? (device as DeviceId) : undefined;
  }

  async #read(key: string): Promise<string | null> {
    const [shared] = await this.#shared.read([key]).catch(() => []);
    return shared ?? (await this.#own.read([key]))[0] ?? null;
  }

  async #write(key: string, value: string): Promise<void> {
    await this.#own.write(key, value, ttlSeconds);
    await this.#shared.write(key, value, ttlSeconds).catch(() => undefined);
  }
}
