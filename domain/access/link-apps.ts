/** An app that fetches its servers from a link. */
export interface LinkApp {
  readonly name: string;
  /** Where a platform gets it. */
  readonly url: string;
  /** Opens the app with the link in it, under the shop's name where the app takes one. */
  readonly importLink: (link: string, shop: string) => string;
}

/** Platforms whose apps take a link, in the order in which they are offered. */
export const linkPlatforms = ["iphone", "android", "windows", "macos", "linux"] as const;
/** One of `linkPlatforms`. */
export type LinkPlatform = (typeof linkPlatforms)[number];

type Import = LinkApp["importLink"];

/** As the apps' own sources and documents have them: RAW where the link stands as it is. */
const importLinks = {
  happ: (link) => `happ://add/${link}`,
  hiddify: (link, shop) => `hiddify://import/${link}#${encodeURIComponent(shop)}`,
  v2rayNg: (link, shop) =>
    `v2rayng://install-config?url=${encodeURIComponent(link)}#${encodeURIComponent(shop)}`,
  v2rayTun: (link) => `v2raytun://import/${link}`,
  clash: (link) => `clash://install-config?url=${encodeURIComponent(link)}`,
} satisfies Record<string, Import>;

const happ = (url: string): LinkApp => ({ name: "Happ", url, importLink: importLinks.happ });
const hiddify = (url: string): LinkApp => ({
  name: "Hiddify",
  url,
  importLink: importLinks.hiddify,
});
const clashVerge: LinkApp = {
  name: "Clash Verge",
  url: "https://github.com/clash-verge-rev/clash-verge-rev/releases/latest",
  importLink: importLinks.clash,
};

const appStoreHapp = "https://apps.apple.com/app/happ-proxy-utility/id6504287215";
const desktopHapp = "https://github.com/Happ-proxy/happ-desktop/releases/latest";
const desktopHiddify = "https://github.com/hiddify/hiddify-app/releases/latest";

/** The apps of each platform, the one that is offered first at the front. */
export const linkApps: Readonly<Record<LinkPlatform, readonly [LinkApp, ...LinkApp[]]>> = {
  iphone: [
    happ(appStoreHapp),
    {
      name: "v2RayTun",
      url: "https://apps.apple.com/app/v2raytun/id6476628951",
      importLink: importLinks.v2rayTun,
    },
  ],
  android: [
    happ("https://play.google.com/store/apps/details?id=com.happproxy"),
    {
      name: "v2rayNG",
      url: "https://github.com/2dust/v2rayNG/releases/latest",
      importLink: importLinks.v2rayNg,
    },
    hiddify("https://play.google.com/store/apps/details?id=app.hiddify.com"),
  ],
  windows: [happ(desktopHapp), hiddify(desktopHiddify), clashVerge],
  macos: [happ(appStoreHapp), hiddify(desktopHiddify), clashVerge],
  linux: [hiddify(desktopHiddify), happ(desktopHapp), clashVerge],
};

/** The platform that a browser names; undefined: none of ours. */
export function platformOf(userAgent: string): LinkPlatform | undefined {
  if (/iphone|ipad/iu.test(userAgent)) return "iphone";
  if (/android/iu.test(userAgent)) return "android";
  if (/windows/iu.test(userAgent)) return "windows";
  if (/mac os x|macintosh/iu.test(userAgent)) return "macos";
  return /linux/iu.test(userAgent) ? "linux" : undefined;
}
