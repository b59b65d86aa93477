/** Help of the subcommands; the first line is the usage. */
export const subcommandHelp = {
  inventory: `berth inventory SOURCE… [--snapshot NAME] [--json]

Shows the hosts, NVM subsystems, controllers and namespaces of a source. Several sources are files with outputs of one
host; - reads such outputs from standard input. What they lack is listed with the commands that would tell it.

  --snapshot NAME   snapshot of a capture; the first one by default
  --json            the whole fleet as one JSON object
`,
  exec: `berth exec SOURCE [--snapshot NAME] [--host NAME] [--file FILE|-] [--json]

Runs console lines on a simulated host: nvme commands, and echo VALUE > /sys/bus/pci/…
For a capture it uses the simulated twin. Nothing real is changed.

  --snapshot NAME   snapshot of a capture; the first one by default
  --host NAME       host of a fleet with several; the first one by default
  --file FILE       read the lines from a file, or from standard input (-), which is the default
  --json            one JSON object for each line: line, exit, stdout, stderr, commands (the admin commands it sent)
`,
  replay: `berth replay CAPTURE [--json]

Makes a simulated twin of the first snapshot of a capture, runs every line of commands.tsv on it, and compares the
output with the recorded one: matched, different (both sides), not compared (with the reason).

  --json            one JSON object with all lines and the totals
`,
  explain: `berth explain TEXT|FILE|- [--json]

Says what an error of nvme-cli, a shell, the kernel log, QEMU, libvirt or cloud-hypervisor means, which version of what
decides it, what to look at and what to do. Several errors in one text are reported one by one, equal ones once.

  TEXT              an error as it was printed, or a status alone (0x411f, 4120); several words are one text
  FILE              a file with such texts, at most 4 MiB; - reads them from standard input
  --json            one JSON object: lines, findings, left
`,
} as const;

export type Subcommand = keyof typeof subcommandHelp;

export function isSubcommand(name: string): name is Subcommand {
  return Object.hasOwn(subcommandHelp, name);
}

export const generalHelp = `berth COMMAND …

  berth inventory SOURCE… [--snapshot NAME] [--json]
  berth exec SOURCE [--snapshot NAME] [--host NAME] [--file FILE|-] [--json]
  berth replay CAPTURE [--json]
  berth explain TEXT|FILE|- [--json]
  berth COMMAND --help
  berth --version

SOURCE is a capture folder, a fleet file, a file with outputs of tools on a host (nvme-cli as text or JSON, lspci, …; known
by what is in it), or the name of a built-in fleet.
Exit codes: 0 success, 1 something was refused or differs, 2 the command line is wrong.
`;
