import type { DeviceId } from "../ids.ts";

/** Where a device's subscription link leads, behind the shop's public URL. */
export const linkPath = (token: string): string => `/s/${token}`;

/** Where a key's file is given once, behind the shop's public URL. */
export const fileLinkPath = (token: string): string => `/f/${token}`;

/** What a token looks like: 24 random bytes in base64url, without a `?` or `#` for apps to trip on. */
export const tokenPattern = /^[\w-]{32}$/u;

/** How many phones or computers may use one device's link. */
export const mostHwids = 1;

/** How long a link to a file can be used. */
export const fileLinkMs = 60 * 60 * 1_000;

/** Panels that count the devices of a link themselves; with the others we do. */
const countingPanels: readonly string[] = ["pasarguard", "remnawave"];

/** Whether a host of this kind leaves it to us to count the devices of a link. */
export const countsNoHwids = (kind: string): boolean => !countingPanels.includes(kind);

/** What the api asks for on behalf of whoever has a link. */
export type LinkRequest =
  /** Find from where the servers of this access are fetched. */
  | { readonly kind: "source"; readonly accessId: string }
  /** Count this phone or computer among those that use the link. */
  | {
      readonly kind: "hwid";
      readonly deviceId: DeviceId;
      readonly hash: string;
      readonly name: string;
    }
  /** Use up the link to a file. */
  | { readonly kind: "file"; readonly tokenHash: string; readonly requestId: string };

/** What became of a request: it is in the books, or it cannot be. */
export type LinkResult = "done" | "refused";
