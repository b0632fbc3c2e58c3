import type { HostTrouble } from "../../../domain/access/host-report.ts";

/** What is wrong, and what an operator can do about it. */
type Cause = readonly [trouble: HostTrouble, words: string];

const ended: Cause = [
  "port",
  "it ended the connection: check whether its URL begins with http or https",
];
const noRoute: Cause = ["port", "no route leads there: check the network and the firewall"];
const nobody: Cause = ["port", "nobody answers there: check the address and the firewall"];
const ownSigned: Cause = ["tls", "its certificate is signed by itself: get one for its name"];
const noChain: Cause = ["tls", "its certificate comes without its chain: add the chain"];
const noTls: Cause = ["tls", "it does not speak TLS on this port: check the URL"];

/** By the code of the failure. */
const known: Readonly<Record<string, Cause>> = {
  ENOTFOUND: ["dns", "its name is not known: check the URL and the DNS"],
  EAI_AGAIN: ["dns", "its name cannot be looked up now: check the DNS of this machine"],
  ECONNREFUSED: ["port", "nothing listens on its port: check the port, and whether it runs there"],
  ECONNRESET: ended,
  UND_ERR_SOCKET: ended,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  ETIMEDOUT: nobody,
  UND_ERR_CONNECT_TIMEOUT: nobody,
  TimeoutError: ["timeout", "it did not answer in time"],
  CERT_HAS_EXPIRED: ["tls", "its certificate has expired: renew it"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ownSigned,
  SELF_SIGNED_CERT_IN_CHAIN: ownSigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: noChain,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: noChain,
  ERR_TLS_CERT_ALTNAME_INVALID: ["tls", "its certificate is for another name: check the URL"],
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  EPROTO: noTls,
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
