import { eventually } from "../test/drivers/eventually.ts";
import { Person, wordsOf } from "../test/drivers/person.ts";
import { ObservedPerson } from "./observed-person.ts";

/** Customers of a running demo, who are admitted by its admin and pay in Stars. */
export class Customers {
  readonly #emulator: string;
  readonly #admin: Person;
  #last = 3_000_000 + Math.floor(Math.random() * 1_000_000_000);

  constructor(emulator: string, admin: number) {
    this.#emulator = emulator;
    this.#admin = new Person(emulator, admin);
  }

  /** A person who is new to the bot. */
  open(): Promise<ObservedPerson> {
    return ObservedPerson.open(this.#emulator, (this.#last += 1));
  }

  /** A new customer who has been admitted and has their first key in the chat. */
  async admit(): Promise<ObservedPerson> {
    const person = await this.open();
    await person.askForAccess();
    await this.#admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
    await person.waitForMessage(/Your key for/u);
    return person;
  }

  /**
   * Orders a month. Returns the message id of the invoice.
   * @throws Error when no bill in Stars comes.
   */
  async orderMonth(person: ObservedPerson): Promise<number> {
    const behind = (await person.chat()).at(-1)?.message_id ?? 0;
    await person.send("/plans");
    await pressNew(person, behind, /^plan:/u);
    await pressNew(person, behind, /^buy:[^:]+:\d+:stars:XTR$/u);
    return eventually(async () => {
      const found = (await person.chat(behind)).findLast(({ invoice }) => invoice);
      if (found === undefined) throw new Error("no bill in Stars");
      return found.message_id;
    });
  }

  /**
   * Resolves when the Stars have moved. `notifiedAt` resolves to the time
   * of the bot's message about it.
   * @throws Error when Telegram refuses.
   */
  async pay(
    person: ObservedPerson,
    bill: number,
  ): Promise<{ readonly notifiedAt: Promise<number> }> {
    const notifiedAt = person.waitForMessageTime((message) =>
      wordsOf(message).includes("Paid. Your access"),
    );
    const paid = await fetch(`${this.#emulator}/person/${person.id}/pay`, {
      method: "POST",
      body: JSON.stringify({ message_id: bill }),
    });
    if (!paid.ok) throw new Error(`the bill could not be paid: ${await paid.text()}`);
    return { notifiedAt };
  }
}

/**
 * Waits for a button in a message after `behind` and presses it:
 * older messages have the same buttons.
 */
const pressNew = (person: ObservedPerson, behind: number, wanted: RegExp) =>
  eventually(async () => {
    const { messageId, data } = await person.button(wanted);
    if (messageId <= behind) throw new Error(`${person.id} has no new button ${wanted}`);
    await person.press(messageId, data);
  });
