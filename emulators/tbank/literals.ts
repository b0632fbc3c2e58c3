import { HttpError, parseJsonObject } from "../kit/http.ts";

/** A JSON object, and its root scalars as they were written. */
export interface Written {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Text without its quotes, numbers and booleans to the letter; no null and nothing nested. */
  readonly scalars: ReadonlyMap<string, string>;
}

interface Scalar {
  readonly holder: unknown;
  readonly key: string;
  readonly text: string;
}

/**
 * Reads an object without losing digits of numbers longer than 15 digits.
 * @throws HttpError 400 when the text is not a JSON object.
 */
export function readWritten(text: string): Written {
  if (text.trim() === "") throw new HttpError(400, "the body must be a JSON object");
  parseJsonObject(text);
  const scalars: Scalar[] = [];
  const note = function (
    this: unknown,
    key: string,
    value: unknown,
    context?: { readonly source?: string },
  ): unknown {
    if (typeof value === "string") scalars.push({ holder: this, key, text: value });
    if (typeof value === "number" || typeof value === "boolean") {
      scalars.push({ holder: this, key, text: context?.source ?? String(value) });
    }
    return value;
  };
  const fields = JSON.parse(text, note) as Readonly<Record<string, unknown>>;
  const ofRoot = scalars.filter(({ holder }) => holder === fields);
  return { fields, scalars: new Map(ofRoot.map(({ key, text: written }) => [key, written])) };
}
