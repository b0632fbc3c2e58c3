import { Client } from "pg";
import type { Queries } from "./orm.ts";
import { sql } from "./prepared.ts";

/** How long an attempt to connect may take. */
const connectTimeoutMs = 5_000;

export type Wake =
  /** What was said since the last time, without repeats; `reconnected`: something may have been missed. */
  | { readonly kind: "notified"; readonly payloads: readonly string[] }
  | { readonly kind: "reconnected" }
  | { readonly kind: "timeout" }
  | { readonly kind: "aborted" };

/**
 * A connection of its own that hears NOTIFY, and that can hold locks for as long as it stands. It connects
 * itself again when it breaks: what was said meanwhile is lost, so `next` then says `reconnected`, and the locks
 * are gone. TCP keepalives end it within a minute where the machine behind it is dead.
 */
export interface Listener {
  /** Waits for the next notification, at most `timeoutMs`. One that came between two calls is not lost. */
  next(timeoutMs: number, signal?: AbortSignal): Promise<Wake>;
  /**
   * Takes a lock of this name if nobody has it; it is held until `close` or until the connection breaks.
   * Taking it again is true at once.
   */
  tryLock(name: string): Promise<boolean>;
  /** Whether the lock is still ours, as far as is known without asking. */
  holds(name: string): boolean;
  /** Ends the present `next`, or the coming one, as a notification would. */
  wake(): void;
  close(): Promise<void>;
}

/** Wakes whoever listens to this channel, at commit. */
export async function notify(db: Queries, channel: string): Promise<void> {
  await sql`select pg_notify(${channel}, '')`.execute(db);
}

/**
 * Waits like `next`, for whoever may only act while they hold this lock.
 * @throws Error when the connection was lost, and the lock with it: somebody else may be acting.
 */
export async function waitHolding(
  listener: Listener,
  lock: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  await listener.next(timeoutMs, signal);
  if (!listener.holds(lock)) throw new Error("the connection that listens was lost");
}

/** @throws Error when the database cannot be reached; afterwards it is reconnected to without end. */
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
      // The server's side too: a dead machine's locks go, and another takes over.
      await client.query(
        `set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;
         ${this.#channels.map((channel) => `listen ${client.escapeIdentifier(channel)}`).join(";")}`,
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

  /** One attempt; `next` and `tryLock` make the others. */
  async #connectAgain(): Promise<void> {
    if (this.#isClosed || this.#client !== undefined) return;
    try {
      await this.connect();
      this.#hasReconnected = true;
      this.#wake();
    } catch {
      // The database is away; who waits tries again.
    }
  }
}
