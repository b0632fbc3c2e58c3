import { Client } from "pg";

/** A dead machine's connection, and with it its locks, is gone after 10 + 3 × 5 seconds. */
const keepalive = `set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5;
  set tcp_keepalives_count = 3`;
const clientKeepaliveMs = 10_000;
const connectTimeoutMs = 5_000;
const queryTimeoutMs = 5_000;

/** A connection of its own that hears what transactions notify at their commit, and holds locks while it lives. */
export interface Listener {
  /**
   * Resolves as soon as something was notified since the last call, or `wake` was called, or `signal` aborts,
   * or after `timeoutMs`; then it has seen that the connection still lives.
   * @throws Error when the connection is gone: every lock that it held is free.
   */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /** Ends the present `wait`, or the next one, as a notification would. */
  wake(): void;
  /**
   * Takes the lock of this name for the rest of the connection's life. False: another connection has it.
   * @throws Error when the connection is gone.
   */
  tryLock(name: string): Promise<boolean>;
  /** Ends the connection and frees its locks. */
  close(): Promise<void>;
}

/**
 * Connects past any pool and listens to these channels.
 * @throws Error when the database does not answer.
 */
export async function listen(url: string, channels: readonly string[]): Promise<Listener> {
  const client = new Client({
    connectionString: url,
    keepAlive: true,
    keepAliveInitialDelayMillis: clientKeepaliveMs,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
  });
  const listening = new Listening(client);
  try {
    await client.connect();
    await client.query(keepalive);
    for (const channel of channels)
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
  } catch (error) {
    await listening.close();
    throw error;
  }
  return listening;
}

class Listening implements Listener {
  readonly #client: Client;
  #isDue = false;
  #lost: Error | undefined;
  #end: (() => void) | undefined;

  constructor(client: Client) {
    this.#client = client;
    client.on("notification", () => this.wake());
    client.on("error", (error) => this.#lose(error));
    client.on("end", () => this.#lose(new Error("the connection that listens was closed")));
  }

  async wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const isQuiet = !this.#isDue && this.#lost === undefined && signal?.aborted !== true;
    const isTimeout = isQuiet && (await this.#pause(timeoutMs, signal));
    this.#isDue = false;
    if (this.#lost !== undefined) throw this.#lost;
    if (isTimeout) await this.#client.query("select 1");
  }

  wake(): void {
    this.#isDue = true;
    this.#end?.();
  }

  async tryLock(name: string): Promise<boolean> {
    if (this.#lost !== undefined) throw this.#lost;
    const { rows } = await this.#client.query<{ taken: boolean }>(
      "select pg_try_advisory_lock(hashtextextended($1, 0)) as taken",
      [name],
    );
    return rows[0]?.taken === true;
  }

  async close(): Promise<void> {
    this.#lose(new Error("the listener was closed"));
    await this.#client.end().catch(() => undefined);
  }

  /** True: nothing happened until the timeout. */
  #pause(timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isTimeout: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", interrupted);
        this.#end = undefined;
        resolve(isTimeout);
      };
      const interrupted = () => end(false);
      const timer = setTimeout(() => end(true), timeoutMs);
      signal?.addEventListener("abort", interrupted, { once: true });
      this.#end = interrupted;
    });
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    this.#end?.();
  }
}
