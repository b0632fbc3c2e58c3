import { randomUUID } from "node:crypto";
import { type DeviceId, deviceId, type TelegramId } from "../../domain/ids.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import type { OpenDatabases } from "./database.ts";
import { testVault } from "./sending.ts";

/** Adds the rows from which messages are rendered. */
export class SendingBooks {
  readonly #databases: OpenDatabases;
  #isOpen = false;

  constructor(databases: OpenDatabases) {
    this.#databases = databases;
  }

  async #run(statement: string, ...values: unknown[]): Promise<void> {
    await this.#databases.owner.em.fork().execute(statement, values);
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return;
    this.#isOpen = true;
    await this.#run(
      `insert into plans (code, version, names, descriptions, days, device_limit, prices, sort, hidden, trial, retired)
       values ('month', 1, '{"en":"A month","ru":"Месяц"}', '{}', 30, 3, '{}', 1, false, false, false)`,
    );
  }

  async #subscriptionOf(to: TelegramId): Promise<{ customer: string; subscription: string }> {
    const em = this.#databases.owner.em.fork();
    const [row]: { id: string }[] = await em.execute(
      "select id from customers where telegram_id = ?",
      [to],
    );
    const customer = row!.id;
    await this.#run(
      `insert into subscriptions (id, customer_id, plan, device_limit) values (?, ?, 'month', 3)
       on conflict (customer_id, number) do nothing`,
      randomUUID(),
      customer,
    );
    const [owned]: { id: string }[] = await em.execute(
      "select id from subscriptions where customer_id = ?",
      [customer],
    );
    return { customer, subscription: owned!.id };
  }

  /** Adds an open payment. */
  async order(
    to: TelegramId,
    { gateway, currency, invoice }: { gateway: string; currency: string; invoice?: object },
  ): Promise<PaymentId> {
    await this.#open();
    const { customer, subscription } = await this.#subscriptionOf(to);
    const id = randomUUID();
    await this.#run(
      `insert into payments (id, customer_id, subscription_id, plan, plan_version, days, device_limit,
         price_minor, currency, gateway, memo, state, opened_at, lapses_at, invoice)
       values (?, ?, ?, 'month', 1, 30, 3, 150, ?, ?, ?, 'open', now(), now() + interval '1 day', ?)`,
      id,
      customer,
      subscription,
      currency,
      gateway,
      id,
      invoice === undefined ? null : JSON.stringify(invoice),
    );
    return id as PaymentId;
  }

  /** Closes a payment with this state. */
  close(id: PaymentId, state: string): Promise<void> {
    return this.#run("update payments set state = ?, closed_at = now() where id = ?", state, id);
  }

  /** Adds a device with a key on a new host; `secret` appears in everything that its owner gets. */
  async device(
    to: TelegramId,
    { name, secret, isPlaced = true }: { name: string; secret: string; isPlaced?: boolean },
  ): Promise<{ id: DeviceId; accessId: string }> {
    await this.#open();
    const { subscription } = await this.#subscriptionOf(to);
    const host = randomUUID();
    const id = randomUUID();
    const accessId = randomUUID();
    await this.#run(
      `insert into hosts (id, name, kind, network, server_address, capacity, weight, state, settings_encrypted)
       values (?, ?, 'memory', '10.8.0.0/16', '10.8.0.1', 10, 1, 'open', '')`,
      host,
      host,
    );
    await this.#run(
      "insert into devices (id, subscription_id, name) values (?, ?, ?)",
      id,
      subscription,
      name,
    );
    await this.#run(
      `insert into accesses (id, device_id, subscription_id, host_id, identity, address, secrets_encrypted,
         preshared_hash, request_id) values (?, ?, ?, ?, ?, ?, ?, '', ?)`,
      accessId,
      id,
      subscription,
      isPlaced ? host : null,
      `key ${accessId}`,
      isPlaced ? "10.8.0.2" : null,
      testVault.seal(secret, `access/${accessId}`),
      accessId,
    );
    return { id: deviceId(id), accessId };
  }

  /** Retires an access. */
  retire(accessId: string): Promise<void> {
    return this.#run("update accesses set retired_at = now() where id = ?", accessId);
  }

  /** Revokes a device. */
  revoke(id: DeviceId): Promise<void> {
    return this.#run("update devices set revoked_at = now() where id = ?", id);
  }

  /** Adds an approval that has been open for 13 hours. */
  async ask(approvalId: string, ask: string, subject: object, about: TelegramId): Promise<void> {
    await this.#run(
      `insert into approvals (approval_id, ask, kind, customer_id, subject, state, asked_at)
       select ?, ?, ?, id, ?, 'open', now() - interval '13 hours' from customers where telegram_id = ?`,
      approvalId,
      ask,
      (subject as { kind: string }).kind,
      JSON.stringify(subject),
      about,
    );
  }

  /** Decides an approval. */
  decide(approvalId: string, state: string, by: TelegramId | null): Promise<void> {
    return this.#run(
      "update approvals set state = ?, decided_at = now(), decided_by = ? where approval_id = ?",
      state,
      by,
      approvalId,
    );
  }

  /** Sets a person's language. */
  speak(to: TelegramId, language: string): Promise<void> {
    return this.#run("update customers set language = ? where telegram_id = ?", language, to);
  }
}
