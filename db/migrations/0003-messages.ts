import { Migration } from "@mikro-orm/migrations";

/** The outbox: what people are told, until it is sent. */
export class Migration0003Messages extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table messages (
     id bigint generated always as identity primary key,
     key text not null unique, telegram_id bigint not null, slot text,
     action text not null check (action in ('send', 'edit')),
     content jsonb not null, priority smallint not null default 0,
     state text not null default 'waiting'
       check (state in ('waiting', 'sent', 'unreachable', 'refused', 'superseded')),
     message_id bigint, tries int not null default 0, next_try_at timestamptz not null default now(),
     reason text, created_at timestamptz not null default now(), sent_at timestamptz,
     check (action = 'send' or slot is not null))`,
  `create index messages_waiting on messages (next_try_at, priority, id) where state = 'waiting'`,
  `create index messages_waiting_by_chat on messages (telegram_id, id) where state = 'waiting'`,
  `create index messages_in_slots on messages (slot, telegram_id) where slot is not null`,
  `create trigger messages_wake after insert on messages
     for each statement execute function wake('messages')`,
  `grant select, insert, update on messages to tollgate_writer`,
  `grant select on messages to tollgate_reader`,
];
