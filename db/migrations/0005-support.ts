import { Migration } from "@mikro-orm/migrations";

/** Conversations of customers with support: one for each customer, and what was written in it. */
export class Migration0005Support extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table tickets (
     customer_id uuid primary key references customers,
     telegram_id bigint not null unique,
     state text not null check (state in ('open', 'answered', 'closed')),
     opened_at timestamptz not null, last_message_at timestamptz not null,
     unanswered_since timestamptz, closed_at timestamptz, closed_by bigint,
     check ((state = 'open') = (unanswered_since is not null)),
     check ((state = 'closed') = (closed_at is not null)),
     check (closed_by is null or closed_at is not null))`,
  `create index tickets_waiting on tickets (unanswered_since, last_message_at)
     where state <> 'closed'`,
  `create table ticket_messages (
     key text primary key, seq bigint generated always as identity unique,
     customer_id uuid not null references tickets,
     admin bigint, body text not null check (length(body) <= 4096), file jsonb,
     at timestamptz not null,
     check (body <> '' or file is not null))`,
  `create index ticket_messages_in_order on ticket_messages (customer_id, seq)`,
  `create trigger ticket_messages_insert_only before update or delete or truncate
     on ticket_messages for each statement execute function refuse_change()`,
  // A reply, or a topic, names a sent message by chat and number.
  `create index messages_of_tickets on messages (telegram_id, message_id)
     where slot like 'ticket/%'`,
  `grant select, insert, update on tickets to tollgate_writer`,
  `grant select, insert on ticket_messages to tollgate_writer`,
  `grant select on tickets, ticket_messages to tollgate_reader`,
];
