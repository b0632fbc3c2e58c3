/** What an operator can do about it, by the code of the failure. */
const words: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known: check the URL and the DNS",
  EAI_AGAIN: "its name cannot be looked up now: check the DNS of this machine",
  ECONNREFUSED: "nothing listens on its port: check the port, and whether the panel runs",
  ECONNRESET: "it ended the connection: check whether its URL begins with http or https",
  EHOSTUNREACH: "no route leads there: check the network and the firewall",
  ENETUNREACH: "no route leads there: check the network and the firewall",
  ETIMEDOUT: "nobody answers there: check the address and the firewall",
  UND_ERR_CONNECT_TIMEOUT: "nobody answers there: check the address and the firewall",
  UND_ERR_SOCKET: "it ended the connection: check whether its URL begins with http or https",
  TimeoutError: "it did not answer in time",
  CERT_HAS_EXPIRED: "its certificate has expired: renew it",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself: get one for its name",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by itself: get one for its name",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes without its chain: add the chain",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes without its chain: add the chain",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name: check the URL",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS on this port: check the URL",
  EPROTO: "it does not speak TLS on this port: check the URL",
};

/**
 * Why a call did not get through, in words for operators. The client's own message may contain what
 * was sent, so only the kind of failure is told.
 */
export function describeUnreachable(error: unknown): string {
  const { name, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? name;
  return words[code] ?? `it could not be reached (${code})`;
}
