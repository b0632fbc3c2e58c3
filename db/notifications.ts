import { Client } from "pg";
import type { Queries } from "./orm.ts";

/** Timeout of an attempt to connect. */
const connectTimeoutMs = 5_000;

/** Why `next` has returned. */
export type Wake =
  /** Payloads since the last call, without repeats; `reconnected`: some may have been missed. */
  | { readonly kind: "notified"; readonly payloads: readonly string[] }
  | { readonly kind: "reconnected" }
  | { readonly kind: "timeout" }
  | { readonly kind: "aborted" };

/**
 * A dedicated connection that receives NOTIFY and can hold locks while it lasts. It reconnects when
 * it breaks: notifications sent meanwhile are lost, so `next` then returns `reconnected`, and the
 * locks are gone. TCP keepalives end it within a minute when the machine behind it is dead.
 */
export interface Listener {
  /**
   * Waits for the next notification, at most `timeoutMs`.
   * One that came between two calls is not lost.
   */
  next(timeoutMs: number, signal?: AbortSignal): Promise<Wake>;
  /**
   * Takes the lock of this name if it is free; it is held until `close`
   * or until the connection breaks.
   * @returns whether it is ours now, also when it was before.
   */
  tryLock(name: string): Promise<boolean>;
  /** Whether the lock is still ours, as far as is known without asking the server. */
  holds(name: string): boolean;
  /** Ends the current or the next call of `next`, as a notification would. */
  wake(): void;
  /** Ends the connection, its locks and a running `next`. */
  close(): Promise<void>;
}

/** Wakes the listeners of this channel at commit, with a payload that they may read. */
export async function notify(db: Queries, channel: string, payload = ""): Promise<void> {
  await db
    .selectNoFrom((of) =>
      of.fn<string>("pg_notify", [of.val(channel), of.val(payload)]).as("notified"),
    )
    .execute();
}

/**
 * Waits like `next`, for callers that may only act while they hold this lock.
 * @throws Error when the connection was lost, and the lock with it: somebody else may be acting.
 */
export async function waitHolding(
  listener: Listener,
  lock: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  await listener.next(timeoutMs, signal);
  if (!listener.holds(lock)) throw new Error("the listening connection was lost");
}

/**
 * Opens a listener for these channels.
 * @throws Error when the database cannot be reached; after that it reconnects without limit.
 */
export async function listen(url: string, channels: readonly string[]): Promise<Listener> {
  const listener = new PostgresListener(url, channels);
  await listener.connect();
  return listener;
}

class PostgresListener implements Listener {
  readonly #url: string;
  readonly #channels: readonly string[];
  readonly #payloads = new Set<string>();
  readonly #locks = new Set<string>();
  #client: Client | undefined;
  #connecting: Promise<void> | undefined;
  #hasReconnected = false;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(url: string, channels: readonly string[]) {
    this.#url = url;
    this.#channels = channels;
  }

  async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: connectTimeoutMs,
      application_name: "tollgate listener",
    });
    client.on("error", () => this.#lose(client));
    client.on("end", () => this.#lose(client));
    client.on("notification", ({ payload }) => {
      this.#payloads.add(payload ?? "");
      this.#wake();
    });
    try {
      await client.connect();
      // On the server's side too: the locks of a dead machine are released, and another takes over.
      const listens = this.#channels.map((name) => `listen ${client.escapeIdentifier(name)}`);
      await client.query(
        `set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5;
         set tcp_keepalives_count = 3; ${listens.join(";")}`,
      );
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
  }

  async next(timeoutMs: number, signal?: AbortSignal): Promise<Wake> {
    if (signal?.aborted !== true && !this.#hasNews()) await this.#pause(timeoutMs, signal);
    if (signal?.aborted === true) return { kind: "aborted" };
    const payloads = [...this.#payloads];
    const { kind } = this.#news();
    this.#payloads.clear();
    this.#hasReconnected = false;
    return kind === "notified" ? { kind, payloads } : { kind };
  }

  #hasNews(): boolean {
    return this.#news().kind !== "timeout";
  }

  #news(): { kind: "reconnected" | "notified" | "timeout" } {
    if (this.#hasReconnected) return { kind: "reconnected" };
    return { kind: this.#payloads.size > 0 ? "notified" : "timeout" };
  }

  async #pause(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#client === undefined) void this.#reconnect();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal?.addEventListener("abort", this.#wake, { once: true });
    });
    signal?.removeEventListener("abort", this.#wake);
    this.#wake = () => undefined;
  }

  async tryLock(name: string): Promise<boolean> {
    if (this.#locks.has(name)) return true;
    if (this.#client === undefined) await this.#reconnect();
    const client = this.#client;
    if (client === undefined) return false;
    const { rows } = await client.query<{ taken: boolean }>(
      "select pg_try_advisory_lock(hashtext('tollgate'), hashtext($1)) as taken",
      [name],
    );
    const taken = rows[0]?.taken === true && this.#client === client;
    if (taken) this.#locks.add(name);
    return taken;
  }

  holds(name: string): boolean {
    return this.#locks.has(name);
  }

  wake(): void {
    this.#payloads.add("");
    this.#wake();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#locks.clear();
    await this.#connecting;
    await this.#client?.end().catch(() => undefined);
    this.#client = undefined;
    this.#wake();
  }

  #lose(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#locks.clear();
    void client.end().catch(() => undefined);
    void this.#reconnect();
  }

  #reconnect(): Promise<void> {
    this.#connecting ??= this.#connectAgain().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /** Makes one attempt; `next` and `tryLock` make further ones. */
  async #connectAgain(): Promise<void> {
    if (this.#isClosed || this.#client !== undefined) return;
    try {
      await this.connect();
      this.#hasReconnected = true;
      this.#wake();
    } catch {
      // The database cannot be reached; `next` and `tryLock` try again.
    }
  }
}
