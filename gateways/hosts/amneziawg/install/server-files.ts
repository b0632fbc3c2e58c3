import { ownedInterface } from "../owned-interface.ts";
import { headerText } from "../parameters.ts";
import { ownAddresses, type ServerPlan, serverPlaces, type Variant } from "./server-plan.ts";

/** The parameters in the form that their interface takes, without its key. */
export function parameterLines(plan: ServerPlan, variant: Variant): string[] {
  const { jc, jmin, jmax, s1, s2, s3, s4, h1, h2, h3, h4, i } = plan.parameters;
  if (variant === "userspace") return uapiLines(plan);
  const numbers = { Jc: jc, Jmin: jmin, Jmax: jmax, S1: s1, S2: s2, S3: s3, S4: s4 };
  const headers = Object.entries({ H1: h1, H2: h2, H3: h3, H4: h4 });
  return [
    `ListenPort = ${plan.listenPort}`,
    ...Object.entries(numbers).map(([name, value]) => `${name} = ${value}`),
    ...headers.map(([name, range]) => `${name} = ${headerText(range)}`),
    ...i.map((packet, index) => `I${index + 1} = ${packet}`),
  ];
}

/** Those that an interface of ours is kept at, but for the key, which is not known here. */
function uapiLines({ parameters, listenPort }: ServerPlan): string[] {
  const owned = { privateKey: "", listenPort };
  return ownedInterface({ owned, parameters })
    .filter(([name]) => name !== "private_key")
    .map((entry) => entry.join("="));
}

/** Translates both families, lets the port in, keeps customers apart from each other. */
export function ruleLines(plan: ServerPlan): string[] {
  const { interface: name, listenPort, endpointPorts, network, network6 } = plan;
  const { table } = serverPlaces(plan);
  const range = endpointPorts && `${endpointPorts.first}-${endpointPorts.last}`;
  return [
    // A table has to be there to be deleted; all of it is one transaction.
    `table inet ${table}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
    "  chain input {",
    "    type filter hook input priority filter; policy accept;",
    `    udp dport ${listenPort} accept`,
    "  }",
    "  chain forward {",
    "    type filter hook forward priority filter; policy accept;",
    `    iifname "${name}" oifname "${name}" drop`,
    `    iifname "${name}" tcp flags syn tcp option maxseg size set rt mtu`,
    `    oifname "${name}" tcp flags syn tcp option maxseg size set rt mtu`,
    "  }",
    "  chain prerouting {",
    "    type nat hook prerouting priority dstnat; policy accept;",
    ...(range === undefined
      ? []
      : [`    iifname != "${name}" udp dport ${range} redirect to :${listenPort}`]),
    "  }",
    "  chain postrouting {",
    "    type nat hook postrouting priority srcnat; policy accept;",
    `    ip saddr ${network} oifname != "${name}" masquerade`,
    ...(network6 === undefined
      ? []
      : [`    ip6 saddr ${network6} oifname != "${name}" masquerade`]),
    "  }",
    "}",
  ];
}

/** Sends UAPI from its input to the socket that it is given; fails where the daemon refuses it. */
const uapiClient = [
  'my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "no daemon: $!\\n";',
  'local $/; print $s <STDIN>; $s->flush; $/ = "\\n";',
  'while (<$s>) { if (/^errno=(-?[0-9]+)/) { die "the daemon: errno $1\\n" if $1; exit 0 } }',
  'die "the daemon did not answer\\n"',
].join(" ");

const moduleUp = (name: string): string[] => [
  `ip link show dev ${name} >/dev/null 2>&1 || ip link add dev ${name} type amneziawg`,
  `{ echo "[Interface]"; printf "PrivateKey = "; cat private.key parameters; } | awg setconf ${name} /dev/stdin`,
];

const userspaceUp = (name: string): string[] => {
  const socket = `/var/run/amneziawg/${name}.sock`;
  return [
    `for _ in $(seq 100); do test ! -S ${socket} || break; sleep 0.1; done`,
    "# wg looks for daemons in its own folder only.",
    `mkdir -p /var/run/wireguard && ln -sf ${socket} /var/run/wireguard/${name}.sock`,
    'key=$(base64 -d <private.key | od -An -v -tx1 | tr -d " \\n")',
    '{ echo set=1; echo "private_key=$key"; cat parameters; echo; } |',
    `  perl -MIO::Socket::UNIX -e '${uapiClient}' ${socket}`,
  ];
};

/** Brings the interface up, also where it is up already. */
export function upLines(plan: ServerPlan, variant: Variant): string[] {
  const { interface: name, mtu, network6 } = plan;
  const { folder, applied } = serverPlaces(plan);
  return [
    "#!/bin/sh",
    `# Brings ${name} up: key and parameters, addresses, forwarding, translation.`,
    "set -eu",
    `cd ${folder}`,
    ...(variant === "module" ? moduleUp(name) : userspaceUp(name)),
    ...ownAddresses(plan).map((address) => `ip address replace ${address} dev ${name}`),
    `ip link set dev ${name} mtu ${mtu} up`,
    "echo 1 >/proc/sys/net/ipv4/ip_forward",
    ...(network6 === undefined ? [] : forwardingOfIpv6),
    "nft -f rules.nft",
    "mkdir -p /run/tollgate",
    `cat private.key parameters rules.nft up | sha256sum >${applied}`,
  ];
}

const forwardingOfIpv6 = [
  "# A server that learns its route from a router would forget it when it forwards.",
  "for file in /proc/sys/net/ipv6/conf/*/accept_ra; do",
  '  test "$(cat "$file")" != 1 || echo 2 >"$file"',
  "done",
  "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding",
];

/** Takes the interface away with its rules; forwarding stays, as others may need it. */
export function downLines(plan: ServerPlan): string[] {
  const { table } = serverPlaces(plan);
  return [
    "#!/bin/sh",
    `nft delete table inet ${table} 2>/dev/null || true`,
    `ip link delete dev ${plan.interface} 2>/dev/null || true`,
  ];
}

/** Brings the interface up at boot, and again when its daemon has died. */
export function unitLines(plan: ServerPlan, variant: Variant): string[] {
  const { up, down, program } = serverPlaces(plan);
  const service =
    variant === "module"
      ? ["Type=oneshot", "RemainAfterExit=yes", `ExecStart=${up}`]
      : [
          "Type=simple",
          "Environment=WG_PROCESS_FOREGROUND=1 LOG_LEVEL=error",
          `ExecStart=${program} -f ${plan.interface}`,
          `ExecStartPost=${up}`,
          "Restart=always",
          "RestartSec=1",
        ];
  return [
    "[Unit]",
    `Description=AmneziaWG interface ${plan.interface} of Tollgate`,
    "Wants=network-online.target",
    "After=network-online.target nftables.service",
    "",
    "[Service]",
    ...service,
    `ExecStopPost=${down}`,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ];
}
