/** Help of the subcommands; the first line is the usage. */
export const subcommandHelp = {
  inventory: `berth inventory SOURCE… [--snapshot NAME] [--json]

Shows the hosts, NVM subsystems, controllers and namespaces of a source. Several sources are files with outputs of one
host; - reads such outputs from standard input. What they lack is listed with the commands that would tell it.

  --snapshot NAME   snapshot of a capture; the first one by default
  --json            the whole fleet as one JSON object
`,
  exec: `berth exec SOURCE [LINE] [--snapshot NAME] [--host NAME] [--nvme-cli VERSION] [--file FILE|-] [--json] [--plain]

Runs a script on a simulated host, as it is: a shell with pipes, loops, functions, jq and awk, nvme, /sys and /dev.
For a capture it uses the simulated twin. Nothing real is changed.

  --snapshot NAME     snapshot of a capture; the first one by default
  --host NAME         host of a fleet with several; the first one by default
  --nvme-cli VERSION  which nvme-cli \`nvme\` is: 2.3 (the default), 2.13, 2.16 or 3.0
  LINE                one line instead of a script, in quotes: 'nvme list | head'
  --file FILE         read the script from a file, or from standard input (-), which is the default
  --json              one JSON object for each line: line, number, exit, stdout, stderr, refusals (cause, fix and the
                      lines that help), commands (the admin commands it sent)
  --plain             only what the real tools print, without the cause and the fix of a refusal
`,
  shell: `berth shell SOURCE [--snapshot NAME] [--host NAME] [--nvme-cli VERSION] [--plain]

A shell on a simulated host to type in, with history (arrow keys), completion (Tab) and Ctrl-C; exit or Ctrl-D ends it.
For a capture it uses the simulated twin. Nothing real is changed.

  --snapshot NAME     snapshot of a capture; the first one by default
  --host NAME         host of a fleet with several; the first one by default
  --nvme-cli VERSION  which nvme-cli \`nvme\` is: 2.3 (the default), 2.13, 2.16 or 3.0
  --plain             only what the real tools print, without the cause and the fix of a refusal
`,
  check: `berth check SOURCE --vm NAME [--to HOST] [--snapshot NAME] [--policy POLICY] [--downtime MS] [--throttle PERCENT]
            [--json]

Says whether a virtual machine could move: what failed and what warns first, each with the rule, the values with where
and when they were read, and what makes it pass with the lines that do that; then the forecast of its downtime. Without
--to: which hosts could take it, what keeps the others from it, and what would make them able to. Nothing is changed.
Exit code 0: it could move (there, or to some host); 1: it could not; 2: the command line is wrong.

  --vm NAME           virtual machine, or HOST:NAME where several hosts have one of that name
  --to HOST           host that it would move to
  --snapshot NAME     snapshot of a capture; the first one by default
  --policy POLICY     minimal-downtime, balanced (default), fastest, or stop-and-copy
  --downtime MS       longest standstill of the guest in milliseconds; 300 by default
  --throttle PERCENT  largest share of its time that the guest's processors may lose; 80 by default
  --json              one JSON object
`,
  migrate: `berth migrate SOURCE --vm NAME… --to HOST | --evacuate HOST [--to HOST] [--at-once N] [--policy POLICY] [--downtime MS] [--throttle PERCENT]
              [--when-not-converging finish|give-up] [--hold] [--accept-warnings] [--dry-run]
              [--fault HOST:LINE]… [--report FILE] [--snapshot NAME] [--json]
berth migrate SOURCE --vm NAME --to HOST --rehearse [--fault FAULT|all]… [--json]

Moves a virtual machine with its controllers from one simulated host to another, in memory; for a capture it uses the
simulated twin. Nothing real is changed, and no file but the report is written. A bar shows how far it is on a terminal;
where standard output is none, or with --json, each step, round and the end is one JSON object on a line. Several move
in one go: each line then names its virtual machine, and the exit code says whether all have arrived.

  --vm NAME           may be given again: they start in this order
  --evacuate HOST     every virtual machine of a host, each to the host that takes it and is least loaded, or to --to
  --at-once N         of several, how many are under way at the same time; 4 by default
  --to HOST, --policy, --downtime, --throttle, --snapshot
                      as for berth check
  --when-not-converging
                      give-up (default) rolls it back, finish stops the guest for longer than --downtime
  --hold              goes on copying until you say on the terminal when the guest is stopped: Enter for now, l for
                      the next low of what is left, a to abort
  --accept-warnings   the warnings of the checks are taken as read; they stand in the report
  --dry-run           prints the steps with their command lines and the forecast, and does nothing
  --fault HOST:LINE   a line that runs on a host before, for example 'hv-a:berth link --percent 10'; may be given again
  --rehearse          runs the plan on simulated twins, once for each step and fault, prints what became of the guest in
                      each case, and moves nothing; 0: every case passed. --fault then names faults: refused-once,
                      refused-always, answer-lost, killed-after-journal, link-down and destination-host-lost by
                      default, others (a wrong name prints them all), or all
  --report FILE       writes the report as HTML, or as JSON where FILE ends in .json
  --json              JSON lines on a terminal, too
`,
  verify: `berth verify REPORT [--sha256 HEX] [--json]

Recomputes the seals of the evidence in the JSON report of a migration: what was read of both sides, and what was
compared. Says what is not as it was sealed, and where the report says something else than its evidence.

  REPORT            a report that was exported as JSON, or the evidence alone
  --sha256 HEX      the digest as the run or a printed report shows it; it must be that of the content
  --json            one JSON object
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
  record: `berth record [--output FOLDER|FILE.tar.gz] [--anonymize] [--timeout SECONDS]
berth record --script

Records the NVMe controllers of this Linux host as a capture: what sysfs, nvme-cli (1.9 to 3.x) and lspci say of them.
Nothing is changed. It needs root or a sudo that asks for no password; otherwise only sysfs and lspci are recorded. What
could not be recorded is printed and stands in the capture.

  --output PLACE     a folder, or an archive when it ends in .tar.gz or .tgz; must not exist yet
                     (berth-capture-HOST-DATE by default)
  --anonymize        replaces serial numbers, NQNs, UUIDs, NGUIDs, EUI-64s and the name of the host, the same one by
                     the same replacement everywhere, and leaves vendor specific data out
  --timeout SECONDS  limit of each command, 1 to 3600; 30 by default
  --script           prints the recorder, one file for /bin/sh, for hosts that have no Node
`,
} as const;

export type Subcommand = keyof typeof subcommandHelp;

export function isSubcommand(name: string): name is Subcommand {
  return Object.hasOwn(subcommandHelp, name);
}

export const generalHelp = `berth COMMAND …

  berth inventory SOURCE… [--snapshot NAME] [--json]
  berth exec SOURCE [LINE] [--snapshot NAME] [--host NAME] [--nvme-cli VERSION] [--file FILE|-] [--json] [--plain]
  berth shell SOURCE [--snapshot NAME] [--host NAME] [--nvme-cli VERSION] [--plain]
  berth check SOURCE --vm NAME [--to HOST] …
  berth migrate SOURCE --vm NAME… --to HOST | --evacuate HOST [--dry-run] …
  berth verify REPORT [--sha256 HEX]
  berth replay CAPTURE [--json]
  berth explain TEXT|FILE|- [--json]
  berth record [--output FOLDER|FILE.tar.gz] [--anonymize] [--timeout SECONDS] | --script
  berth COMMAND --help
  berth --version

SOURCE is a capture folder or its tar archive, a fleet file, a file with outputs of tools on a host (nvme-cli as text or
JSON, lspci, …; known by what is in it), or the name of a built-in fleet. CAPTURE is one of the former two.
Exit codes: 0 success, 1 something was refused or differs, 2 the command line is wrong.
`;
