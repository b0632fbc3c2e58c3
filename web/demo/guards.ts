/** Checks that a value from the wire has the expected type. */
export type Guard<T> = (value: unknown) => value is T;

/** Accepts a string. */
export const isText: Guard<string> = (value) => typeof value === "string";
/** Accepts a number. */
export const isNumber: Guard<number> = (value) => typeof value === "number";
/** Accepts true or false. */
export const isFlag: Guard<boolean> = (value) => typeof value === "boolean";

/** Accepts what a guard accepts, and undefined. */
export const optional =
  <T>(guard: Guard<T>): Guard<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || guard(value);

/** Accepts an array of what a guard accepts. */
export const listOf =
  <T>(guard: Guard<T>): Guard<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(guard);

/** An object with these fields; others are ignored. */
export const shape =
  <T extends object>(fields: { readonly [Key in keyof T]-?: Guard<T[Key]> }): Guard<T> =>
  (value): value is T =>
    typeof value === "object" &&
    value !== null &&
    Object.entries<Guard<unknown>>(fields).every(([key, guard]) =>
      guard((value as Record<string, unknown>)[key]),
    );
