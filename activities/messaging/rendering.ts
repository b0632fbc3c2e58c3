import type { Message } from "../../gateways/messenger/port.ts";

/** The content cannot be rendered, now or later. */
export class Unrenderable extends Error {
  override readonly name = "Unrenderable";
}

/** The message for a content, or why none is needed any more. */
export type RenderResult =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "needless"; readonly reason: string };

/** No message is needed any more. */
export const needless = (reason: string) => ({ kind: "needless", reason }) as const;
/** The message to send. */
export const asMessage = (message: Message) => ({ kind: "message", message }) as const;
/** The message, or why there is none. */
export const messageOr = (message: Message | undefined, reason: string): RenderResult =>
  message === undefined ? needless(reason) : asMessage(message);

/** The content is not the cause: it may be sent later. */
export class TemporaryFailure extends Error {
  override readonly name = "TemporaryFailure";
}

/** Whatever else fails in `work` is the content's fault. @throws Unrenderable or TemporaryFailure. */
export async function markUnrenderable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TemporaryFailure || error instanceof Unrenderable) throw error;
    throw new Unrenderable((error as Error).message, { cause: error });
  }
}

/**
 * Tells whose fault a failed read is. A value that PostgreSQL cannot parse is the content's (class
 * 22 of https://www.postgresql.org/docs/current/errcodes-appendix.html);
 * any other error is the database's.
 * @throws TemporaryFailure in the second case.
 */
export async function readFacts<Facts>(facts: Promise<Facts>): Promise<Facts> {
  try {
    return await facts;
  } catch (error) {
    const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: { code?: string } };
    if (String(code ?? cause?.code).startsWith("22")) throw error;
    throw new TemporaryFailure(message, { cause: error });
  }
}
