import * as z from "zod";
import { sendSchema } from "./operations.ts";

/** The body of `POST /api/v3/message`. */
export const sendMessageSchema = z.object(sendSchema.shape);

/** The body of `POST /api/v3/runGetMethod`. */
export const getMethodSchema = z.object({
  address: z.string(),
  method: z.union([z.string(), z.int()]),
  stack: z
    .array(z.object({ type: z.enum(["num", "cell", "slice"]), value: z.string() }))
    .default([]),
});

/** An entry of a get-method's stack. */
export type StackEntry = z.infer<typeof getMethodSchema>["stack"][number];
