import type { HostTrouble } from "../../../domain/access/host-report.ts";

/** What is wrong, and what an operator can do about it, by the code of the failure. */
const known: Readonly<Record<string, readonly [trouble: HostTrouble, words: string]>> = {
  ENOTFOUND: ["dns", "its name is not known: check the URL and the DNS"],
  EAI_AGAIN: ["dns", "its name cannot be looked up now: check the DNS of this machine"],
  ECONNREFUSED: ["port", "nothing listens on its port: check the port, and whether the panel runs"],
  ECONNRESET: ["port", "it ended the connection: check whether its URL begins with http or https"],
  EHOSTUNREACH: ["port", "no route leads there: check the network and the firewall"],
  ENETUNREACH: ["port", "no route leads there: check the network and the firewall"],
  ETIMEDOUT: ["port", "nobody answers there: check the address and the firewall"],
  UND_ERR_CONNECT_TIMEOUT: ["port", "nobody answers there: check the address and the firewall"],
  UND_ERR_SOCKET: [
    "port",
    "it ended the connection: check whether its URL begins with http or https",
  ],
  TimeoutError: ["timeout", "it did not answer in time"],
  CERT_HAS_EXPIRED: ["tls", "its certificate has expired: renew it"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["tls", "its certificate is signed by itself: get one for its name"],
  SELF_SIGNED_CERT_IN_CHAIN: ["tls", "its certificate is signed by itself: get one for its name"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "tls",
    "its certificate comes without its chain: add the chain",
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "tls",
    "its certificate comes without its chain: add the chain",
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ["tls", "its certificate is for another name: check the URL"],
  ERR_SSL_WRONG_VERSION_NUMBER: ["tls", "it does not speak TLS on this port: check the URL"],
  EPROTO: ["tls", "it does not speak TLS on this port: check the URL"],
};

/**
 * Why a call did not get through, in words for operators. The client's own message may contain what
 * was sent, so only the kind of failure is told.
 */
export function describeUnreachable(error: unknown): {
  readonly trouble: HostTrouble;
  readonly words: string;
} {
  const { name, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? name;
  const [trouble, words] = known[code] ?? ["port", `it could not be reached (${code})`];
  return { trouble, words };
}
