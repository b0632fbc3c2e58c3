import { Counter, Gauge, Histogram } from "prom-client";
import type { TelegramId } from "../domain/ids.ts";
import { dayMs, hourMs, minuteMs } from "../domain/time.ts";
import { processRegistry } from "../runtime/health-server.ts";

const periodsMs = { "5m": 5 * minuteMs, "1h": hourMs, "24h": dayMs } as const;

/** How an answer ended: Telegram did not take a `lost` one in time. */
export type AnswerOutcome = "sent" | "blocked" | "refused" | "lost";

/** The bot's metrics, served at `/metrics`. */
export class BotMetrics {
  readonly registry = processRegistry("bot");
  readonly messages: Counter<"handler" | "status">;
  readonly commands: Counter<"command">;
  readonly errors: Counter<"error_type">;
  readonly responseTime: Histogram<"handler">;
  readonly answers: Counter<"outcome">;
  readonly #lastSeenMs = new Map<TelegramId, number>();

  constructor() {
    const registers = [this.registry];
    this.messages = new Counter({
      name: "bot_messages_total",
      help: "Updates handled, by handler and how it went",
      labelNames: ["handler", "status"],
      registers,
    });
    this.commands = new Counter({
      name: "bot_commands_total",
      help: "Commands that people sent",
      labelNames: ["command"],
      registers,
    });
    this.errors = new Counter({
      name: "bot_errors_total",
      help: "Handlers that failed, by kind of error",
      labelNames: ["error_type"],
      registers,
    });
    this.responseTime = new Histogram({
      name: "bot_response_time_seconds",
      help: "From taking an update up to having told the workflow and handed on the answer",
      labelNames: ["handler"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.answers = new Counter({
      name: "bot_answers_total",
      help: "Answers to people, by how sending them ended",
      labelNames: ["outcome"],
      registers,
    });
    this.#collectPeople();
  }

  /** Adds a gauge of the answers that wait for Telegram. */
  collectAnswers(waiting: () => number): void {
    void new Gauge({
      name: "bot_answers_waiting",
      help: "Answers that Telegram has not taken yet",
      registers: [this.registry],
      collect() {
        this.set(waiting());
      },
    });
  }

  #collectPeople(): void {
    const lastSeenMs = this.#lastSeenMs;
    void new Gauge({
      name: "bot_active_users",
      help: "People who wrote or pressed something in the period, since this process began",
      labelNames: ["period"],
      registers: [this.registry],
      collect() {
        const now = Date.now();
        for (const [period, ms] of Object.entries(periodsMs)) {
          const active = [...lastSeenMs.values()].filter((seen) => now - seen <= ms).length;
          this.set({ period }, active);
        }
      },
    });
  }

  /** Counts the person as active now. */
  noteActive(person: TelegramId): void {
    const now = Date.now();
    this.#lastSeenMs.set(person, now);
    if (this.#lastSeenMs.size > 100_000) this.#forgetBefore(now - dayMs);
  }

  #forgetBefore(ms: number): void {
    for (const [person, seen] of this.#lastSeenMs) if (seen < ms) this.#lastSeenMs.delete(person);
  }
}
