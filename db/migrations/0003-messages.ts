import { Migration } from "@mikro-orm/migrations";

/** The outbox: messages until they are sent. */
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
  `create index messages_waiting on messages (priority, id) where state = 'waiting'`,
  `create index messages_waiting_by_chat on messages (telegram_id, priority, id)
     where state = 'waiting'`,
  `create index messages_resting on messages (telegram_id, next_try_at)
     where state = 'waiting' and tries > 0`,
  `create index messages_in_slots on messages (slot, telegram_id) where slot is not null`,
  `create index messages_undelivered on messages (telegram_id)
     where state in ('unreachable', 'refused')`,
  `create trigger messages_wake after insert on messages
     for each statement execute function wake('messages')`,
  `create trigger messages_wake_again after update on messages
     for each row when (old.state <> 'waiting' and new.state = 'waiting')
     execute function wake('messages')`,
  `grant select, insert, update on messages to tollgate_writer`,
  `grant select on messages to tollgate_reader`,
];
