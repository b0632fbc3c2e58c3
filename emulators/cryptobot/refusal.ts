/**
 * Crypto Pay said no: `{ok: false, error: {code, name}}`, the code being the HTTP status. Clients
 * in the wild know the names UNAUTHORIZED, METHOD_NOT_FOUND (405), METHOD_DISABLED and
 * EXPIRES_IN_INVALID; all other names here are formed after the last one and unverified, so a
 * client should go by the code.
 */
export class Refusal extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;

  constructor(code: number, name: string, retryAfter?: number) {
    super(name);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** A 400 that names a wrong parameter. */
export const invalid = (parameter: string): Refusal =>
  new Refusal(400, `${parameter.toUpperCase()}_INVALID`);
