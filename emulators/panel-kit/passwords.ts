import { randomBytes } from "node:crypto";

/** A password that a panel makes where none was sent. */
export const newPassword = (bytes: number): string => randomBytes(bytes).toString("base64url");
