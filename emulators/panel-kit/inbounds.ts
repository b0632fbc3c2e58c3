/** The protocols of both panels that these emulators speak of. */
export const protocols = ["vmess", "vless", "trojan", "shadowsocks"] as const;

/** One of them. */
export type Protocol = (typeof protocols)[number];

/** An inbound of the core: where and how users enter. */
export interface Inbound {
  readonly tag: string;
  readonly protocol: Protocol;
  readonly network: "tcp" | "ws";
  readonly tls: "none" | "reality";
  readonly port: number;
  readonly path: string;
  /** REALITY's name, public key and short id. */
  readonly reality?: { readonly sni: string; readonly publicKey: string; readonly shortId: string };
}

/** The inbounds of both panels. VMess is not among them: what it is asked for, it refuses. */
export const inbounds: readonly Inbound[] = [
  {
    tag: "VLESS TCP REALITY",
    protocol: "vless",
    network: "tcp",
    tls: "reality",
    port: 18_443,
    path: "",
    reality: {
      sni: "www.example.com",
      publicKey: "L-V9o0fNYkMVKNqsX7spBzD_9oSvxM_C7ZCZX1jLO3Q",
      shortId: "0123456789abcdef",
    },
  },
  { tag: "VLESS WS", protocol: "vless", network: "ws", tls: "none", port: 18_080, path: "/vless" },
  { tag: "Trojan TCP", protocol: "trojan", network: "tcp", tls: "none", port: 18_444, path: "" },
  {
    tag: "Shadowsocks TCP",
    protocol: "shadowsocks",
    network: "tcp",
    tls: "none",
    port: 11_080,
    path: "",
  },
];

/** The inbounds of a protocol, as the core lists them. */
export const inboundsOf = (protocol: string): readonly Inbound[] =>
  inbounds.filter((inbound) => inbound.protocol === protocol);

/** What a user enters with, by protocol. */
export interface Credential {
  /** A UUID, for VMess and VLESS. */
  readonly id?: string;
  readonly flow?: string;
  readonly password?: string;
  readonly method?: string;
}

/** One line of a subscription. */
export interface Connection {
  readonly remark: string;
  readonly address: string;
  readonly inbound: Inbound;
  readonly credential: Credential;
}

/** The secret of a credential, whichever the protocol calls it. */
export const secretOf = ({ id, password }: Credential): string => id ?? password ?? "";
