import { serverAddressOf } from "../../../../domain/access/address-pool.ts";
import { downLines, parameterLines, ruleLines, unitLines, upLines } from "./server-files.ts";
import { type ServerPlan, serverPlaces, toolOf, type Variant } from "./server-plan.ts";
import { hasFile, quote, writeFile } from "./shell.ts";

/** One thing that a server has to have. Its check tells whether it has it; that is never done twice. */
export interface InstallStep {
  readonly name: string;
  /** In words for the operator. */
  readonly why: string;
  /** A line of `sh` that succeeds where there is nothing to do. */
  readonly check: string;
  /** Lines of `sh`, run one after the other up to the first that fails. */
  readonly commands: readonly string[];
  /** The commands read the program `amneziawg-go` from their input. */
  readonly needsProgram?: true;
}

/** What stops a server before anything is changed, and the choice that is kept there. */
export function firstSteps(plan: ServerPlan): InstallStep[] {
  const { folder, settings } = serverPlaces(plan);
  const supported = "debian:12|debian:13|ubuntu:22.04|ubuntu:24.04) ;; *) exit 1 ;; esac";
  return [
    demand({
      name: "account",
      why: "Only root can set up an interface.",
      check: 'test "$(id -u)" = 0',
      otherwise: "log in as root, or as a user whom sudo asks for no password",
    }),
    demand({
      name: "system",
      why: "The packages are those of Debian 12 and 13, Ubuntu 22.04 and 24.04, with systemd.",
      check: `. /etc/os-release && case "$ID:$VERSION_ID" in ${supported} && test -d /run/systemd/system`,
      otherwise: "this system is not one of them",
    }),
    {
      name: "folder",
      why: "Everything of this interface is in one folder that root alone reads.",
      check: `test "$(stat -c %a ${folder} 2>/dev/null)" = 700`,
      commands: [`mkdir -p ${folder}`, `chmod 700 ${folder}`],
    },
    {
      name: "settings",
      why: "What was chosen once stays: customers' keys depend on it.",
      check: `test -s ${settings}`,
      commands: writeFile(settings, "600", [JSON.stringify(plan)]),
    },
  ];
}

const demand = (given: {
  readonly name: string;
  readonly why: string;
  readonly check: string;
  readonly otherwise: string;
}): InstallStep => {
  const { name, why, check, otherwise } = given;
  return { name, why, check, commands: [`{ echo ${quote(otherwise)} >&2; exit 1; }`] };
};

/** The rest: packages, key, files, boot, and the interface itself. */
export function interfaceSteps(
  plan: ServerPlan,
  variant: Variant,
  programSha256: string | undefined,
): InstallStep[] {
  return [
    ...(variant === "module" ? moduleSteps() : userspaceSteps(plan, programSha256)),
    ...ownSteps(plan, variant),
  ];
}

/** The key of ppa:amnezia/ppa, by its whole fingerprint. */
const fingerprint = "75C9DD72C799870E310542E24166F2C257290828";
const keyFile = "/etc/apt/keyrings/amnezia.asc";
const sourceFile = "/etc/apt/sources.list.d/amnezia.list";
const apt = "DEBIAN_FRONTEND=noninteractive apt-get";

const hasPackages = (...names: string[]): string =>
  `dpkg-query -W -f '\${Status}\\n' ${names.join(" ")} 2>/dev/null | grep -c '^install ok installed$' | grep -qx ${names.length}`;

/** As the module's README says, with the key's whole fingerprint instead of apt-key. */
function moduleSteps(): InstallStep[] {
  // Debian takes the packages of focal.
  const suite =
    '$(. /etc/os-release; test "$ID" = debian && echo focal || echo "$VERSION_CODENAME")';
  const source = `deb [signed-by=${keyFile}] https://ppa.launchpadcontent.net/amnezia/ppa/ubuntu ${suite} main`;
  const key = `https://keyserver.ubuntu.com/pks/lookup?op=get&search=0x${fingerprint}`;
  const shown = `gpg --show-keys --with-colons ${keyFile}.new`;
  const headers = "linux-headers-$(uname -r)";
  return [
    {
      name: "download tools",
      why: "Fetch and check the key of the packages.",
      check: hasPackages("ca-certificates", "curl", "gnupg"),
      commands: [`${apt} update -q`, `${apt} install -y -q ca-certificates curl gnupg`],
    },
    {
      name: "repository key",
      why: "The packages of AmneziaWG come from the Amnezia project's PPA; only its key is trusted.",
      check: `test -s ${keyFile}`,
      commands: [
        "mkdir -p /etc/apt/keyrings",
        `curl -fsSL -o ${keyFile}.new ${quote(key)}`,
        `${shown} | grep -q '^fpr:*${fingerprint}:'`,
        `mv ${keyFile}.new ${keyFile}`,
      ],
    },
    {
      name: "repository",
      why: "Where the packages are.",
      check: `test "$(cat ${sourceFile} 2>/dev/null)" = "${source}"`,
      commands: [`echo "${source}" >${sourceFile}.new`, `mv ${sourceFile}.new ${sourceFile}`],
    },
    {
      name: "module package",
      why: "The kernel's module, built on the server for its kernel, and the tool awg.",
      check: hasPackages("amneziawg", "nftables"),
      commands: [`${apt} update -q`, `${apt} install -y -q ${headers} amneziawg nftables`],
    },
    {
      name: "module",
      why: "The kernel loads it.",
      check: "test -d /sys/module/amneziawg",
      commands: ["modprobe amneziawg"],
    },
  ];
}

function userspaceSteps(plan: ServerPlan, programSha256: string | undefined): InstallStep[] {
  const { program } = serverPlaces(plan);
  return [
    {
      name: "packages",
      why: "The tool wg, which shows and changes peers, and the rules of the firewall.",
      check: hasPackages("wireguard-tools", "nftables", "iproute2"),
      commands: [`${apt} update -q`, `${apt} install -y -q wireguard-tools nftables iproute2`],
    },
    {
      name: "tun",
      why: "amneziawg-go needs the tun device; where a provider forbids it, ask them.",
      check: "test -c /dev/net/tun",
      commands: ["modprobe tun"],
    },
    {
      name: "program",
      why: "amneziawg-go carries the packets; it comes from this machine, as --program names it.",
      check:
        programSha256 === undefined
          ? `test -x ${program}`
          : `echo ${quote(`${programSha256}  ${program}`)} | sha256sum -c --status 2>/dev/null`,
      commands: [
        `mkdir -p ${program.slice(0, program.lastIndexOf("/"))}`,
        `cat >${program}.new`,
        `chmod 755 ${program}.new`,
        `mv ${program}.new ${program}`,
      ],
      needsProgram: true,
    },
  ];
}

/** A step whose commands write one file. */
function fileStep(
  { name, why }: Pick<InstallStep, "name" | "why">,
  path: string,
  mode: string,
  lines: readonly string[],
): InstallStep {
  return { name, why, check: hasFile(path, mode, lines), commands: writeFile(path, mode, lines) };
}

function fileSteps(plan: ServerPlan, variant: Variant): InstallStep[] {
  const { parameters, rules, up, down, unitFile } = serverPlaces(plan);
  const why = {
    parameters: "The disguise, which customers' keys repeat.",
    rules: "Translate IPv4 and IPv6, let the UDP port in, keep customers apart.",
    up: "How it comes up.",
    down: "How it goes away.",
    unit: "It comes up at boot.",
  };
  const about = (name: keyof typeof why) => ({ name, why: why[name] });
  return [
    fileStep(about("parameters"), parameters, "600", parameterLines(plan, variant)),
    fileStep(about("rules"), rules, "600", ruleLines(plan)),
    fileStep(about("up"), up, "700", upLines(plan, variant)),
    fileStep(about("down"), down, "700", downLines(plan)),
    fileStep(about("unit"), unitFile, "644", unitLines(plan, variant)),
  ];
}

function ownSteps(plan: ServerPlan, variant: Variant): InstallStep[] {
  const places = serverPlaces(plan);
  const tool = toolOf(variant);
  return [
    {
      name: "key",
      why: "The interface's own key is made here and stays here.",
      check: `test -s ${places.key}`,
      commands: [
        "umask 077",
        `${tool} genkey >${places.key}.new`,
        `mv ${places.key}.new ${places.key}`,
      ],
    },
    ...fileSteps(plan, variant),
    {
      name: "boot",
      why: "systemd knows the unit.",
      check: `systemctl is-enabled -q ${places.unit}`,
      commands: ["systemctl daemon-reload", `systemctl enable -q ${places.unit}`],
    },
    {
      name: "ufw",
      why: "Where ufw is active it lets the port in, and customers through.",
      check: `! ufw status 2>/dev/null | grep -q '^Status: active' || ufw status | grep -q '^${plan.listenPort}/udp '`,
      commands: [`ufw route allow in on ${plan.interface}`, `ufw allow ${plan.listenPort}/udp`],
    },
    runningStep(plan, tool),
  ];
}

function runningStep(plan: ServerPlan, tool: "awg" | "wg"): InstallStep {
  const { folder, applied, unit } = serverPlaces(plan);
  const { interface: name, listenPort, network } = plan;
  const files = ["private.key", "parameters", "rules.nft", "up"];
  const now = `cat ${files.map((one) => `${folder}/${one}`).join(" ")} | sha256sum`;
  const check = [
    `test "$(${now})" = "$(cat ${applied} 2>/dev/null)"`,
    `test "$(${tool} show ${name} listen-port 2>/dev/null)" = ${listenPort}`,
    `ip address show dev ${name} up | grep -q ' ${serverAddressOf(network)}/'`,
  ].join(" && ");
  return {
    name: "interface",
    why: "It runs with what is in the files; if it ran otherwise, it loses its peers for seconds.",
    check,
    commands: [
      "systemctl daemon-reload",
      `systemctl restart ${unit}`,
      `for _ in $(seq 50); do ! { ${check}; } || break; sleep 0.2; done`,
    ],
  };
}
