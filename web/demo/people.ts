import type { DemoFacts, DemoInfo, Person } from "./wire.ts";

/** Somebody you can be in this demo. */
export interface Role {
  readonly id: number;
  readonly name: string;
  readonly admin: boolean;
  readonly language: string | undefined;
  readonly started: boolean;
  readonly blocked: boolean;
}

/** A limit for load tests with thousands of people. */
const maxShown = 30;

const maxOffered = 2;
/** The first customer's id when Telegram has no accounts yet. */
const firstCustomer = 5_001;

/** Above the numbers that the demo gives its own people. */
const firstAdded = 6_001;

/**
 * The people to offer when the api names none: the first customers, at least one,
 * and the admin after them.
 */
export function offerPeople({ adminId }: DemoFacts, known: readonly Person[]): DemoInfo["people"] {
  const customers = known.filter(({ id }) => id !== adminId).toSorted((a, b) => a.id - b.id);
  const first = customers.slice(0, maxOffered).map(({ id, first_name: name }) => ({ id, name }));
  const admin = known.find(({ id }) => id === adminId)?.first_name ?? "Admin";
  const people = first.length > 0 ? first : [{ id: firstCustomer, name: "Customer" }];
  return [...people, { id: adminId, name: admin }];
}

/**
 * The demo's own people in their order, then by number whoever else has an account;
 * always the one you are.
 */
export function rolesOf(info: DemoInfo, known: readonly Person[], chosen: number): readonly Role[] {
  const named = new Map(info.people.map(({ id, name }) => [id, name]));
  const others = [chosen, ...known.map(({ id }) => id)].toSorted((a, b) => a - b);
  const first = [...new Set([...named.keys(), ...others])].slice(0, maxShown);
  return [...new Set([...first, chosen])].map((id) => {
    const person = known.find((somebody) => somebody.id === id);
    return {
      id,
      name: person?.first_name ?? named.get(id) ?? `Person ${id}`,
      admin: id === info.adminId,
      language: person?.language_code,
      started: person?.started ?? false,
      blocked: person?.blocked ?? false,
    };
  });
}

/** A number that no account has. */
export function freeId(known: readonly Person[]): number {
  const taken = new Set(known.map(({ id }) => id));
  let id = firstAdded;
  while (taken.has(id)) id += 1;
  return id;
}

/** "You are …", said in one line for the head of the page. */
export function situation({ admin, started, blocked, name }: Role): string {
  if (blocked) return `You are ${name}, who blocked the bot.`;
  if (admin && started) return "You are the admin. Answer who asks for access.";
  if (admin) return "You are the admin. Press Start.";
  return started ? `You are ${name}, a customer.` : "You are a customer. Press Start.";
}
