import { useState } from "react";
import { useNotify } from "../ui/toast.tsx";
import { reasonOf } from "./request.ts";
import { changePerson, payInvoice, type Payable, pressButton, writeToBot } from "./telegram.ts";

interface Alert {
  readonly title: string;
  readonly text: string;
}

/** What a person can do in a chat. Each reports its own failure. */
export interface Actions {
  readonly write: (text: string, replyTo?: number) => Promise<boolean>;
  readonly press: (messageId: number, data: string) => Promise<void>;
  readonly pay: (bill: Payable) => Promise<void>;
  readonly block: (blocked: boolean) => Promise<boolean>;
  /** What has to be read and confirmed. */
  readonly alert: Alert | undefined;
  readonly closeAlert: () => void;
}

const noAnswer =
  "The bot has not answered yet. Your press is kept; the chat shows what comes of it.";

/** The person's actions; `done` is called after each that succeeded. */
export function useActions(person: number, done: () => void): Actions {
  const notify = useNotify();
  const [alert, setAlert] = useState<Alert | undefined>(undefined);

  async function run(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      done();
      return true;
    } catch (error) {
      notify(reasonOf(error), "destructive");
      return false;
    }
  }

  async function press(messageId: number, data: string): Promise<void> {
    const answer = await pressButton(person, { message_id: messageId, data });
    if (answer === undefined) return notify(noAnswer);
    if (!answer.text) return;
    if (answer.show_alert) setAlert({ title: "The bot says", text: answer.text });
    else notify(answer.text);
  }

  async function pay(bill: Payable): Promise<void> {
    const refusal = await payInvoice(person, bill);
    if (refusal !== undefined) setAlert({ title: "The payment did not go through", text: refusal });
  }

  return {
    write: (text, replyTo) =>
      run(() =>
        writeToBot(person, {
          text,
          ...(replyTo !== undefined && { reply_to_message_id: replyTo }),
        }),
      ),
    press: async (messageId, data) => void (await run(() => press(messageId, data))),
    pay: async (bill) => void (await run(() => pay(bill))),
    block: (blocked) => run(() => changePerson(person, { blocked })),
    alert,
    closeAlert: () => setAlert(undefined),
  };
}
