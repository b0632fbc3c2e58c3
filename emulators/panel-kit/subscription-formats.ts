import type { Connection } from "./inbounds.ts";

// The formats of apps, as small as they may be and still be valid. Links are each panel's own.

/** The fragment of a link, as Python quotes it. */
const quote = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/gu, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });

/** A share link; `query` says what the panel tells of the transport. */
export function shareLink(
  { remark, address, inbound, credential }: Connection,
  query: Readonly<Record<string, string>>,
): string {
  const place = `${address}:${inbound.port}`;
  const name = `#${quote(remark)}`;
  const transport = new URLSearchParams(query).toString();
  const { id = "", password = "", method = "" } = credential;
  switch (inbound.protocol) {
    case "vless":
      return `vless://${id}@${place}?${transport}${name}`;
    case "trojan":
      return `trojan://${quote(password)}@${place}?${transport}${name}`;
    case "shadowsocks":
      return `ss://${Buffer.from(`${method}:${password}`).toString("base64")}@${place}${name}`;
    case "vmess": {
      const settings = { v: "2", ps: remark, add: address, port: inbound.port, id, aid: "0" };
      const link = { ...settings, net: inbound.network, path: inbound.path, tls: inbound.tls };
      return `vmess://${Buffer.from(JSON.stringify(link)).toString("base64")}`;
    }
  }
}

function clashProxy({ remark, address, inbound, credential }: Connection): object {
  const { protocol, network, port, reality, path } = inbound;
  const common = { name: remark, server: address, port, udp: true };
  if (protocol === "shadowsocks") {
    const { method, password } = credential;
    return { ...common, type: "ss", cipher: method, password };
  }
  const secret =
    protocol === "trojan" ? { password: credential.password } : { uuid: credential.id };
  const transport = network === "ws" ? { "ws-opts": { path } } : {};
  if (reality === undefined) return { ...common, type: protocol, ...secret, network, ...transport };
  const { publicKey, shortId, sni } = reality;
  const options = { "public-key": publicKey, "short-id": shortId };
  const tls = { tls: true, servername: sni, "client-fingerprint": "chrome" };
  const flow = protocol === "vless" ? { flow: credential.flow ?? "" } : {};
  return {
    ...common,
    type: protocol,
    ...secret,
    ...flow,
    network,
    ...tls,
    "reality-opts": options,
  };
}

/** A configuration of Clash, or of Clash.Meta, which knows VLESS as well. */
export function clashConfig(connections: readonly Connection[], isMeta: boolean): string {
  const shown = connections.filter(({ inbound }) => isMeta || inbound.protocol !== "vless");
  const names = shown.map(({ remark }) => remark);
  const proxies = shown.map((connection) => `- ${JSON.stringify(clashProxy(connection))}`);
  const group = { name: "Automatic", type: "url-test", interval: 300, proxies: names };
  const url = "http://www.gstatic.com/generate_204";
  const lines = [
    "mode: rule",
    "mixed-port: 7890",
    ...(proxies.length === 0 ? ["proxies: []"] : ["proxies:", ...proxies]),
    "proxy-groups:",
    `- ${JSON.stringify({ ...group, url })}`,
    "rules:",
    "- MATCH,Automatic",
  ];
  return `${lines.join("\n")}\n`;
}

function singBoxOutbound({ remark, address, inbound, credential }: Connection): object {
  const { protocol, network, port, reality, path } = inbound;
  const { id, password, method } = credential;
  const secret =
    protocol === "shadowsocks"
      ? { method, password }
      : protocol === "trojan"
        ? { password }
        : { uuid: id };
  const tls = reality && {
    enabled: true,
    server_name: reality.sni,
    utls: { enabled: true, fingerprint: "chrome" },
    reality: { enabled: true, public_key: reality.publicKey, short_id: reality.shortId },
  };
  const transport = network === "ws" ? { transport: { type: "ws", path } } : {};
  const where = { type: protocol, tag: remark, server: address, server_port: port };
  return { ...where, ...secret, ...(tls && { tls }), ...transport };
}

/** A configuration of sing-box. */
export function singBoxConfig(connections: readonly Connection[]): object {
  const tags = connections.map(({ remark }) => remark);
  return {
    log: { level: "warn" },
    inbounds: [{ type: "tun", tag: "tun-in", address: ["172.19.0.1/30"], auto_route: true }],
    outbounds: [
      { type: "selector", tag: "proxy", outbounds: ["Best Latency", ...tags] },
      { type: "urltest", tag: "Best Latency", outbounds: tags },
      { type: "direct", tag: "direct" },
      ...connections.map(singBoxOutbound),
    ],
    route: { final: "proxy", auto_detect_interface: true },
  };
}

function xrayOutbound({ address, inbound, credential }: Connection): object {
  const { protocol, network, port, reality, path } = inbound;
  const { id, password, method, flow = "" } = credential;
  const users = [{ id, encryption: "none", ...(network === "tcp" && flow !== "" ? { flow } : {}) }];
  const settings =
    protocol === "vless" || protocol === "vmess"
      ? { vnext: [{ address, port, users }] }
      : { servers: [{ address, port, password, ...(method === undefined ? {} : { method }) }] };
  const security = reality && {
    security: "reality",
    realitySettings: {
      serverName: reality.sni,
      publicKey: reality.publicKey,
      shortId: reality.shortId,
      fingerprint: "chrome",
    },
  };
  const transport = network === "ws" ? { wsSettings: { path } } : {};
  return {
    tag: "proxy",
    protocol,
    settings,
    streamSettings: { network, ...security, ...transport },
  };
}

/** Configurations of Xray, one for each connection. */
export const xrayConfig = (connections: readonly Connection[]): object[] =>
  connections.map((connection) => ({
    log: { loglevel: "warning" },
    inbounds: [{ tag: "socks", port: 10_808, listen: "127.0.0.1", protocol: "socks" }],
    outbounds: [xrayOutbound(connection), { tag: "DIRECT", protocol: "freedom" }],
    remarks: connection.remark,
  }));

/** What Outline takes: the Shadowsocks connection alone, or nothing. */
export function outlineConfig(connections: readonly Connection[]): object {
  const found = connections.find(({ inbound }) => inbound.protocol === "shadowsocks");
  if (found === undefined) return {};
  const { remark, address, inbound, credential } = found;
  const { method, password } = credential;
  return { method, password, server: address, server_port: inbound.port, tag: remark };
}
