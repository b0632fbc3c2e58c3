import { useState } from "react";
import { useNotify } from "../ui/toast.tsx";
import { reasonOf } from "./request.ts";
import { changePerson, pressButton, writeToBot } from "./telegram.ts";

/** What a person can do in a chat. Each tells of its failure by itself. */
export interface Actions {
  readonly write: (text: string, replyTo?: number) => Promise<boolean>;
  readonly press: (messageId: number, data: string) => Promise<void>;
  readonly block: (blocked: boolean) => Promise<boolean>;
  /** What the bot said that has to be confirmed. */
  readonly alert: string | undefined;
  readonly closeAlert: () => void;
}

const noAnswer =
  "The bot has not answered yet. Your press is kept; the chat shows what comes of it.";

export function useActions(person: number, done: () => void): Actions {
  const notify = useNotify();
  const [alert, setAlert] = useState<string | undefined>(undefined);

  async function told(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      done();
      return true;
    } catch (error) {
      notify(reasonOf(error), "trouble");
      return false;
    }
  }

  async function press(messageId: number, data: string): Promise<void> {
    const answer = await pressButton(person, { message_id: messageId, data });
    if (answer === undefined) return notify(noAnswer);
    if (!answer.text) return;
    if (answer.show_alert) setAlert(answer.text);
    else notify(answer.text);
  }

  return {
    write: (text, replyTo) =>
      told(() =>
        writeToBot(person, {
          text,
          ...(replyTo !== undefined && { reply_to_message_id: replyTo }),
        }),
      ),
    press: async (messageId, data) => void (await told(() => press(messageId, data))),
    block: (blocked) => told(() => changePerson(person, { blocked })),
    alert,
    closeAlert: () => setAlert(undefined),
  };
}
