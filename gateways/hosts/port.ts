import type { HostFinding } from "../../domain/access/host-report.ts";
import type { ProbeOutcome } from "../../domain/access/host-health.ts";
import type { AccessTerms, PanelUser } from "../../domain/access/host.ts";
import type { Instant } from "../../domain/time.ts";
import type { Reach } from "./probes/attempt.ts";

/** What is drawn for a new access before a host is chosen for it: hosts of every kind take it. */
export interface NewAccess {
  /** Its name on any host. */
  readonly identity: string;
  /**
   * JSON that adapters alone read. A secret: it is stored sealed,
   * and given to the host and the customer alone.
   */
  readonly secrets: string;
  /** SHA-256 of the preshared key in base64, compared with what a host has. */
  readonly presharedHash: string;
}

/** One device's access to a host: what its key is made of. */
export interface Access {
  readonly accessId: string;
  /** Its name there: a public key, or the name of a panel's user. */
  readonly identity: string;
  /** The name of the tunnel in client apps: the shop's. */
  readonly label: string;
  /**
   * The device's own address inside the tunnel, without a mask. Undefined where the kind has none.
   */
  readonly address?: string | undefined;
  /** Its IPv6 address there, without a mask. Undefined where the host has no network of it. */
  readonly address6?: string | undefined;
  readonly secrets: string;
}

/** The right to use a host, complete: nothing in it is relative to an earlier call. */
export interface GrantedAccess extends Access {
  /**
   * The host has had it before: a user of its name is ours, whatever has become of the marks by
   * which a panel's users are known as ours.
   */
  readonly isKnown: boolean;
  /** Hosts that keep no users do not read them: they are told when a right has ended. */
  readonly terms: AccessTerms;
}

/** What a host answers about one access. The reason contains no secret. */
export type Applied =
  | { readonly kind: "applied"; readonly accessId: string }
  | { readonly kind: "refused"; readonly accessId: string; readonly reason: string };

/**
 * What a person needs to connect. Every field is a secret:
 * it goes to the customer and nowhere else.
 */
export type Credentials = TunnelCredentials | SubscriptionCredentials;

/** The link from which client apps fetch their servers, and fetch them again. */
export interface SubscriptionCredentials {
  readonly kind: "subscription";
  readonly url: string;
  /**
   * From where we fetch the same: below the address in the host's settings, whatever host the panel
   * names in the link.
   */
  readonly source: string;
}

/** The keys of one device's tunnel. */
export interface TunnelCredentials {
  readonly kind: "wireguard";
  readonly fileName: string;
  /** The text of the `.conf` file. */
  readonly conf: string;
  /** The text of the QR picture for the AmneziaWG phone apps. */
  readonly qrText: string;
  /** A `vpn://` key for AmneziaVPN. */
  readonly importLink: string;
}

/** Bytes since the peer was put on the host in this epoch, from the customer's point of view. */
export interface Counter {
  readonly identity: string;
  /**
   * Changes when this counter restarts alone, as that of a panel's user who was made again;
   * undefined: all counters of the host restart together.
   */
  readonly epoch?: string;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  /** The last sign of life. Where up and down are one number, all of it is downloaded. */
  readonly lastHandshakeAt: Instant | undefined;
}

/** A peer or a user that a host has. */
export interface Peer extends Counter {
  /** All addresses of this peer, single ones without their mask, in no order. */
  readonly addresses: readonly string[];
  /** SHA-256 in base64; undefined where the peer has no preshared key. */
  readonly presharedHash: string | undefined;
  /** Of a host with `keepsUsers` alone. */
  readonly user?: PanelUser;
  /** Where it was asked for. */
  readonly origin?: PeerOrigin;
}

/** What is needed of a peer or a user that others have made, to take it over. */
export interface PeerOrigin {
  /** What others have noted about it. */
  readonly note?: string;
  /** Whose it is, where the panel says so. */
  readonly telegramId?: number;
  /**
   * The secrets of an access that is this very peer, as far as the host knows them: what its owner
   * alone has is not among them. Undefined: a panel keeps them. A secret.
   */
  readonly secrets?: string;
}

/** All peers of a host. */
export interface HostState {
  /**
   * Changes when the host has lost what it held: a reboot, a restarted daemon,
   * a recreated interface.
   */
  readonly epoch: string;
  readonly peers: readonly Peer[];
}

/** The traffic counters of a host's peers. */
export interface HostUsage {
  readonly epoch: string;
  readonly counters: readonly Counter[];
}

/** How a host is reached. */
export interface HostDescription {
  /** The `kind` in its settings. */
  readonly kind: string;
  /** Where clients connect, `host:port`; a panel's URL. */
  readonly endpoint: string;
  /** Undefined where hosts of this kind have none. */
  readonly publicKey?: string;
  /** Of the software that answers; undefined where it does not say. */
  readonly version?: string;
  /** What is wrong with it although it works. */
  readonly findings?: readonly HostFinding[];
}

/**
 * Whether the right may come back, as with new time. A panel that would lose the user's links then
 * keeps the user and lets nobody in.
 */
export type Removal = "forGood" | "forNow";

/** One way by which customers reach a host, as we try it. */
export interface HostProbe {
  /** Tries it from the place that `reach` is. Throws only what `reach` throws. */
  run(reach: Reach): Promise<ProbeOutcome>;
}

/**
 * A machine that carries customers' traffic. All methods may be repeated and run side by side, and
 * none blocks the event loop, whatever the number of peers. What is wrong with one access or
 * identity is answered for that one, and the others go on.
 * @throws Refused when the host as a whole refuses (its key is not the one in its settings).
 * @throws Error when it could not be reached or did not answer in time.
 */
export interface VpnHost {
  /** How many accesses one call should bring; undefined: a thousand. */
  readonly batchSize?: number;
  /** It keeps users who have no right now, and ends rights by their terms. */
  readonly keepsUsers?: true;
  /**
   * Makes the host let these in exactly as given, whatever it had before, and answers for each. An
   * address is never taken from a peer that is not named; named peers may trade theirs.
   */
  apply(accesses: readonly GrantedAccess[]): Promise<readonly Applied[]>;
  /**
   * Takes the right to use the host from these identities, and answers with the last counters of
   * those that it had. Other peers are not touched. After a failure the same call answers
   * with what was read before. By default it is for good.
   */
  remove(identities: readonly string[], removal?: Removal): Promise<HostUsage>;
  /**
   * Every peer that the host has now, ours or not, with its counters; `withOrigin`: also with what is
   * needed to take it over.
   */
  list(detail?: "withOrigin"): Promise<HostState>;
  /** The host's raw traffic counters, which restart at 0 with each epoch. */
  usage(): Promise<HostUsage>;
  /** Where the host is reached, and its public key. */
  describe(): Promise<HostDescription>;
  /**
   * How a device connects: the same access gives the same text, or, where a panel writes a new link
   * each time, one that leads to the same. Calls the host only where its settings lack its public
   * key, or the panel alone knows the link.
   * @throws Refused when the access is not of this kind.
   */
  credentials(access: Access): Promise<Credentials>;
  /**
   * The ways by which customers reach it, to be tried from here and elsewhere; makes it answer
   * probes first, where it does not yet. Undefined, or none: nobody can say whether customers'
   * traffic gets there.
   */
  prepareProbes?(): Promise<readonly HostProbe[]>;
}
