/** The forms of a subscription. A browser gets JSON about it. */
export type Format = "browser" | "mihomo" | "stash" | "clash" | "singbox" | "json" | "base64";

/** The rules of a fresh panel, the first that fits [S: its seed]. */
const agents: readonly (readonly [RegExp, Format])[] = [
  [
    /^(?:flclash|flowvy|murge|mihomo|prizrak-box|koala-clash|clash(?:-verge|-nyanpasu|x meta|[-.]?meta))/iu,
    "mihomo",
  ],
  [/^stash/iu, "stash"],
  [/^sfa|sfi|sfm|sft|karing|singbox/iu, "singbox"],
  [/^clash/iu, "clash"],
];

/** The form for an app that names none. */
export function formatFor(accept: string, userAgent: string): Format {
  if (accept.includes("text/html")) return "browser";
  return agents.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "base64";
}

/** The forms that a path may name. */
export const namedFormats: Readonly<Record<string, Format>> = {
  stash: "stash",
  singbox: "singbox",
  mihomo: "mihomo",
  json: "json",
  "v2ray-json": "json",
  clash: "clash",
};

/** A subscription's body and its media type. Other than base64 they name the links only. */
export function renderLinks(links: readonly string[], format: Exclude<Format, "browser">) {
  const names = links.map((link) => decodeURIComponent(link.slice(link.indexOf("#") + 1)));
  switch (format) {
    case "base64":
      return { type: "text/plain", body: Buffer.from(links.join("\n")).toString("base64") };
    case "json":
    case "singbox": {
      const outbounds = links.map((link, at) => ({ tag: names[at], link }));
      return { type: "application/json", body: JSON.stringify({ outbounds }) };
    }
    case "mihomo":
    case "stash":
    case "clash": {
      const lines = names.map((name) => `  - name: ${JSON.stringify(name)}\n`);
      return { type: "text/yaml", body: `proxies:\n${lines.join("")}` };
    }
  }
}
