/** What a customer connects, in the order in which the bot offers it. */
export const platforms = ["iphone", "android", "windows", "macos", "linux", "router"] as const;
/** One of `platforms`. */
export type Platform = (typeof platforms)[number];

/** What a customer may say is wrong, in the order in which the bot offers it. */
export const symptoms = ["file", "no-internet", "stopped", "slow"] as const;
/** One of `symptoms`. */
export type Symptom = (typeof symptoms)[number];

/** An app that imports a key's file, and where a platform gets it. */
export interface App {
  readonly name: "AmneziaWG" | "AmneziaVPN" | "Keenetic";
  readonly url: string;
}

const appStore = "https://apps.apple.com/app/amneziawg/id6478942365";

/**
 * The app of each platform. All read the `.conf` file; for routers it is the vendor's guide.
 * @see https://docs.amnezia.org/documentation/instructions/use-amneziawg-app/
 */
export const apps: Readonly<Record<Platform, App>> = {
  iphone: { name: "AmneziaWG", url: appStore },
  android: {
    name: "AmneziaWG",
    url: "https://play.google.com/store/apps/details?id=org.amnezia.awg",
  },
  windows: {
    name: "AmneziaWG",
    url: "https://github.com/amnezia-vpn/amneziawg-windows-client/releases/latest",
  },
  macos: { name: "AmneziaWG", url: appStore },
  linux: { name: "AmneziaVPN", url: "https://amnezia.org/downloads" },
  router: {
    name: "Keenetic",
    url: "https://docs.amnezia.org/documentation/instructions/keenetic-os-awg",
  },
};
