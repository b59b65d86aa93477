import path from 'node:path';
import type { CommandLine } from './findings.ts';

/** Characters of a line in which a command is looked for. */
const longestCommand = 500;

const prompt = /^(?:.{0,120}?[#$>%❯➜]\s*|\+{1,3} )/;
const elevation = /^(?:(?:sudo|doas)(?: -\S+)* +|(?:LC_ALL|LANG)=\S+ +)+/;
const program =
  /^(?:(?:\/usr)?\/s?bin\/|\.\/)?(nvme(?:-new)?|lspci|smartctl|virsh|dmesg|uname|hostname)(?: +(.*))?$/;
/** They print what another command made, or say nothing that is read: their lines end what stands above. */
const others = /^(?:cat|grep|ls|echo|cd|for|journalctl|modprobe|find|lsblk)(?: |$)/;

/** The command of a line with or without a prompt; null for any other line. */
export function commandLineOf(line: string): CommandLine | null {
  const head = line.slice(0, longestCommand).trim();
  const prompted = prompt.exec(head)?.[0] ?? '';
  return parsed(head, false) ?? (prompted === '' ? null : parsed(head.slice(prompted.length), true));
}

function parsed(text: string, afterPrompt: boolean): CommandLine | null {
  const plain = text.replace(elevation, '');
  const [, name, rest = ''] = program.exec(plain) ?? [];
  if (name === undefined)
    return afterPrompt && others.test(plain)
      ? { program: 'other', command: '', device: null, nsid: null, all: false }
      : null;
  const words = rest.split(/\s+/);
  const command = words.find((word) => !word.startsWith('-')) ?? '';
  // The kernel says `nvme nvme0: …`; nvme-cli has no such command.
  if (/^nvme/.test(name) && !/^[a-z][a-z0-9_-]*$/.test(command)) return null;
  if (/^nvme/.test(name) && /^nvme\d+$/.test(command)) return null;
  return { program: name.replace('-new', ''), command, ...about(rest) };
}

/** Device, namespace and `--all` of the options of a command. */
function about(options: string): Pick<CommandLine, 'device' | 'nsid' | 'all'> {
  const named = /(?:^|[\s/])(nvme\d{1,6})(?:c\d{1,6})?(?:n(\d{1,10}))?(?=$|[\s:;|>])/.exec(options);
  const option = /(?:^|\s)(?:-n|--namespace-id|--namespace_id)[ =]?(0x[0-9a-f]{1,8}|\d{1,10})/.exec(options);
  const nsid = option?.[1] ?? named?.[2];
  return {
    device: named?.[1] ?? null,
    nsid: nsid === undefined ? null : Number(nsid),
    all: /(?:^|\s)(?:--all|-a)(?:\s|$)/.test(options),
  };
}

/**
 * The command that a file name tells, as `sos report` and the captures of Berth name their files
 * (`nvme_id-ctrl_-H_.dev.nvme0`, `nvme0/ns1-id-ns.json`). It says whose output it is, never what.
 */
export function commandOfFile(file: string): CommandLine | null {
  const name = path.posix.basename(file).replace(/\.(?:txt|json|log|out|xml)$/i, '');
  const spelt = name.replaceAll('_.dev.', ' /dev/').replaceAll('_', ' ');
  const known = commandLineOf(spelt);
  if (known !== null && known.program !== 'other') return known;
  const folder = path.posix.basename(path.posix.dirname(file));
  const device = /^nvme\d{1,6}$/.test(folder)
    ? folder
    : /(?:^|[-_.])(nvme\d{1,6})(?=$|[-_.n])/.exec(name)?.[1];
  const nsid = /(?:^|[-_.])(?:ns|nvme\d{1,6}n)(\d{1,10})(?=$|[-_.])/.exec(name)?.[1];
  const command = /(?:list|id|primary|show|smart)-[a-z-]*[a-z]/.exec(name)?.[0] ?? '';
  if (device === undefined && command === '') return null;
  return {
    program: command === '' ? '' : 'nvme',
    command: command.replace(/-all$/, ''),
    device: device ?? null,
    nsid: nsid === undefined ? null : Number(nsid),
    all: command.endsWith('-all'),
  };
}

/** The host that a prompt names: `root@hv-a:~#`. */
export function hostOfPrompt(line: string): string | null {
  const head = line.slice(0, 160);
  return /^\[?[\w.-]{1,32}@([A-Za-z0-9][\w.-]{0,62})[\s:~\])][^#$>%]{0,100}[#$>%]/.exec(head)?.[1] ?? null;
}
