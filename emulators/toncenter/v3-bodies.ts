import * as z from "zod";
import { sendSchema } from "./operations.ts";

export const sendMessageSchema = z.object(sendSchema.shape);

export const getMethodSchema = z.object({
  address: z.string(),
  method: z.union([z.string(), z.int()]),
  stack: z
    .array(z.object({ type: z.enum(["num", "cell", "slice"]), value: z.string() }))
    .default([]),
});
export type StackEntry = z.infer<typeof getMethodSchema>["stack"][number];
