import { eventually } from "../test/drivers/eventually.ts";
import { Person, wordsOf } from "../test/drivers/person.ts";
import { Watched } from "./watched.ts";

/** Customers of a running demo, who come in by its admin and pay in Stars. */
export class Customers {
  readonly #emulator: string;
  readonly #admin: Person;
  #last = 3_000_000 + Math.floor(Math.random() * 1_000_000_000);

  constructor(emulator: string, admin: number) {
    this.#emulator = emulator;
    this.#admin = new Person(emulator, admin);
  }

  /** Somebody whom the shop has never seen. */
  open(): Promise<Watched> {
    return Watched.open(this.#emulator, (this.#last += 1));
  }

  /** Somebody who was let in, with their first key in the chat. */
  async letIn(): Promise<Watched> {
    const person = await this.open();
    await person.askForAccess();
    await this.#admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
    await person.waitForMessage(/How to connect/u);
    return person;
  }

  /** Orders a month; the number of the bill in the chat. */
  async orders(person: Watched): Promise<number> {
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

  /** Resolves when the Stars have moved: the moment when the bot tells them of it. @throws as Telegram refuses. */
  async pays(person: Watched, bill: number): Promise<{ readonly told: Promise<number> }> {
    const told = person.told((message) => wordsOf(message).includes("Payment received"));
    const paid = await fetch(`${this.#emulator}/person/${person.id}/pay`, {
      method: "POST",
      body: JSON.stringify({ message_id: bill }),
    });
    if (!paid.ok) throw new Error(`the bill could not be paid: ${await paid.text()}`);
    return { told };
  }
}

/** Presses a button of a message that came behind this one, as soon as there is one: older pages have the same. */
const pressNew = (person: Watched, behind: number, wanted: RegExp) =>
  eventually(async () => {
    const { messageId, data } = await person.button(wanted);
    if (messageId <= behind) throw new Error(`${person.id} has no new button ${wanted}`);
    await person.press(messageId, data);
  });
