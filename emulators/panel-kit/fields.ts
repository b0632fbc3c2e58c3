import { unprocessable } from "./refusal.ts";

/** Messages about a value; without a place they are about the field itself. */
type Messages = readonly (readonly [place: string | undefined, message: string])[];

/** A value that the panel's models do not take. */
export class Invalid extends Error {
  readonly messages: Messages;

  constructor(messages: Messages) {
    super(messages.map(([, message]) => message).join("; "));
    this.messages = messages;
  }
}

/** One message about a value. */
export const invalid = (message: string, place?: string): Invalid =>
  new Invalid([[place, message]]);

/** Fields that were read before this one and were right. */
export type Earlier = Readonly<Record<string, unknown>>;

/** Reads a value as Pydantic does, which converts where nothing is lost. @throws Invalid. */
export type Check<Value> = (value: unknown, earlier: Earlier) => Value;

/** One field of a model. */
export interface Field<Value> {
  readonly check: Check<Value>;
  /** What an absent field becomes, unchecked; without it, the field has to be there. */
  readonly fallback?: { readonly value: Value };
}

/** A field that has to be sent. */
export const required = <Value>(check: Check<Value>): Field<Value> => ({ check });

/** A field that may be left out. */
export const optional = <Value, Fallback>(
  check: Check<Value>,
  value: Fallback,
): Field<Value | Fallback> => ({ check, fallback: { value } });

/** Null is a value, too. */
export const nullable =
  <Value>(check: Check<Value>): Check<Value | null> =>
  (value, earlier) =>
    value === null ? null : check(value, earlier);

/** The fields of a model, in the order in which they are read. */
export type Shape = Readonly<Record<string, Field<unknown>>>;
type ValueOf<Of> = Of extends Field<infer Value> ? Value : never;
/** What a model becomes when it is read. */
export type Values<Of extends Shape> = { readonly [Name in keyof Of]: ValueOf<Of[Name]> };

/**
 * Reads the fields of a model; others are ignored, as the panels do.
 * @throws Invalid with all messages, each at its innermost name.
 */
export function readShape<Of extends Shape>(
  shape: Of,
  given: Readonly<Record<string, unknown>>,
): Values<Of> {
  const values: Record<string, unknown> = {};
  const messages: [string, string][] = [];
  for (const [name, { check, fallback }] of Object.entries(shape)) {
    if (!Object.hasOwn(given, name)) {
      if (fallback === undefined) messages.push([name, "Field required"]);
      else values[name] = fallback.value;
      continue;
    }
    try {
      values[name] = check(given[name], values);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      messages.push(...error.messages.map(([at = name, text]): [string, string] => [at, text]));
    }
  }
  if (messages.length > 0) throw new Invalid(messages);
  return values as Values<Of>;
}

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A model inside a model. */
export const model =
  <Of extends Shape>(shape: Of): Check<Values<Of>> =>
  (value) => {
    if (!isObject(value)) {
      throw invalid("Input should be a valid dictionary or object to extract fields from");
    }
    return readShape(shape, value);
  };

/** Reads a body, a form or a query as a model. @throws Refusal 422 that names the wrong fields. */
export function readModel<Of extends Shape>(shape: Of, given: unknown): Values<Of> {
  if (given === undefined) throw unprocessable({ body: "Field required" });
  try {
    return model(shape)(given, {});
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const named = error.messages.map(([place = "body", message]) => [place, message]);
    throw unprocessable(Object.fromEntries(named) as Record<string, string>);
  }
}
