/**
 * What people call a gateway, by its name in the product. One that the product has had before, and
 * whose payments are still shown, has no text any more: it keeps its own name.
 */
export const namesOf =
  (names: Readonly<Record<string, string>>) =>
  (gateway: string): string =>
    (Object.hasOwn(names, gateway) ? names[gateway] : undefined) ?? gateway;
