import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type ControllerRecord,
  type RecordedAnswer,
  readControllerRecord,
} from '#backend/hosts/capture/controller-record.ts';
import { SnapshotFiles } from '#backend/hosts/capture/snapshot-files.ts';
import { folderStorage } from '#backend/hosts/capture/storage/capture-storage.ts';
import type { FakeNvmeCli } from './nvme-cli-versions.ts';
import { knownLines } from './nvme-cli-versions.ts';

/** What a fake host lacks. */
export interface FakeHostOptions {
  /** null: nvme-cli is not installed. */
  readonly nvmeCli: FakeNvmeCli | null;
  readonly lspci?: boolean;
  /** What `id -u` prints. */
  readonly uid?: number;
  /** Whether sudo works without a password; left out: there is no sudo. */
  readonly sudo?: boolean;
  /** Devices whose commands never end. */
  readonly hanging?: readonly string[];
}

export interface FakeHost {
  /** What stands for `/`. */
  readonly root: string;
  /** The folder of its programs, the first of PATH. */
  readonly programs: string;
  /** Every line that nvme was called with, in order. */
  asked(): readonly string[];
  write(file: string, text: string): void;
  /** What nvme answers to a line from now on. */
  answer(line: string, bytes: Uint8Array): void;
}

/** A host in a folder: the sysfs of a snapshot as files and links, and programs that answer what was recorded. */
export async function makeFakeHost(
  folder: string,
  capture: string,
  snapshot: string,
  options: FakeHostOptions,
): Promise<FakeHost> {
  const root = path.join(folder, 'root');
  const programs = path.join(folder, 'bin');
  mkdirSync(programs, { recursive: true });
  for (const dump of ['sysfs-pci.tsv', 'sysfs-nvme.tsv'])
    makeSysfs(root, readFileSync(path.join(capture, snapshot, dump), 'utf8'));
  const answers = path.join(folder, 'answers');
  const log = path.join(folder, 'asked');
  writeFileSync(log, '');
  const program = (name: string, text: string) => {
    writeFileSync(path.join(programs, name), `#!/bin/sh\n${text}`);
    chmodSync(path.join(programs, name), 0o755);
  };
  program('id', `echo ${options.uid ?? 0}\n`);
  program(
    'uname',
    'if [ "$1" = -a ]; then echo "Linux fake 6.1.0-56-amd64 #1 SMP x86_64 GNU/Linux"; elif [ "$1" = -n ]; then echo fake; else echo Linux; fi\n',
  );
  // `sudo -n COMMAND`; what runs below it is root, which only matters to those who look.
  if (options.sudo !== undefined)
    program(
      'sudo',
      options.sudo ? 'shift\nexec "$@"\n' : 'echo "sudo: a password is required" >&2\nexit 1\n',
    );
  if (options.lspci !== false)
    program('lspci', 'echo "0000:01:00.0 Non-Volatile memory controller [0108]: fake"\n');
  if (options.nvmeCli !== null) {
    mkdirSync(answers);
    await writeAnswers(answers, capture, snapshot, options.nvmeCli);
    const hanging = (options.hanging ?? []).map(
      (device) => `case " $* " in *" /dev/${device} "*) exec sleep 60 ;; esac\n`,
    );
    program(
      'nvme',
      `printf '%s\\n' "$*" >>'${log}'
${hanging.join('')}found=$(awk -F '\\t' -v line="$*" '$1 == line { print $2 " " $3; exit }' '${answers}/lines.tsv')
if [ -z "$found" ]; then echo "ERROR: Invalid sub-command or option: $*" >&2; exit 22; fi
set -- $found
[ ! -e '${answers}'/$1.err ] || cat '${answers}'/$1.err >&2
cat '${answers}'/$1.out
exit $2
`,
    );
  }
  return {
    root,
    programs,
    asked: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    write: (file, text) => {
      const place = path.join(root, file);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, text);
    },
    answer: (line, bytes) => {
      const lines = path.join(answers, 'lines.tsv');
      const before = readFileSync(lines, 'utf8');
      const name = `more-${before.length}`;
      writeFileSync(path.join(answers, `${name}.out`), bytes);
      // The first line that fits counts.
      writeFileSync(lines, `${line}\t${name}\t0\n${before}`);
    },
  };
}

/** Lines of `path<TAB>value`, of `path<TAB>-> target` for links, and of `path<TAB>dir`. */
function makeSysfs(root: string, dump: string): void {
  for (const line of dump.split('\n').filter(Boolean)) {
    const tab = line.indexOf('\t');
    const place = path.join(root, line.slice(0, tab));
    const value = line.slice(tab + 1);
    const above = path.dirname(place);
    mkdirSync(above, { recursive: true });
    if (value.startsWith('-> ')) {
      if (existsSync(place)) continue;
      // Devices are linked by their class; drivers and groups need not be there.
      if (/class/.test(above)) mkdirSync(path.resolve(above, value.slice(3)), { recursive: true });
      symlinkSync(value.slice(3), place);
    } else if (value === 'dir') mkdirSync(place, { recursive: true });
    else writeFileSync(place, `${value}\n`);
  }
}

/** What each line of this nvme-cli prints: `lines.tsv` (line, number, exit code), `N.out`, `N.err`. */
async function writeAnswers(
  answers: string,
  capture: string,
  snapshot: string,
  version: FakeNvmeCli,
): Promise<void> {
  const lines: string[] = [];
  const add = (line: string, out: Uint8Array | string, err = '', exit = 0) => {
    const number = lines.length;
    lines.push(`${line}\t${number}\t${exit}`);
    writeFileSync(path.join(answers, `${number}.out`), out);
    if (err !== '') writeFileSync(path.join(answers, `${number}.err`), err);
  };
  const { words, prints } = knownLines(version);
  add('version', `nvme version ${version}${version.startsWith('1.') ? '' : ` (git ${version})`}\n`);
  const recorded = (file: string) => {
    const place = path.join(capture, snapshot, file);
    return existsSync(place) ? readFileSync(place) : null;
  };
  const json = (line: string, file: string) => {
    const text = recorded(file);
    if (text !== null) add(line, text);
  };
  json('list --output-format=json', 'nvme-list.json');
  json('list', 'nvme-list.txt');
  if (prints.verboseList) json('list --verbose --output-format=json', 'nvme-list-v.json');
  json('list-subsys --output-format=json', 'nvme-list-subsys.json');

  const files = new SnapshotFiles(folderStorage(capture));
  const folders = (await files.list(snapshot)).filter(({ name }) => /^nvme\d+$/.test(name));
  for (const { name } of folders) {
    const record = await readControllerRecord(files, snapshot, name);
    const passed = (cns: number, nsid: number | null, answer: RecordedAnswer | null) => {
      const namespace = nsid === null ? '' : ` --namespace-id=${nsid}`;
      const line = `admin-passthru /dev/${name} --opcode=0x06${namespace} --cdw10=0x${cns.toString(16).padStart(2, '0')} --data-len=4096 --read --raw-binary`;
      if (answer !== null) give(line, answer);
    };
    const give = (line: string, answer: RecordedAnswer) => {
      if (answer.kind === 'value') add(line, answer.value, prints.success);
      else add(line, '', `NVMe status: Refused: as it was recorded(0x${answer.status.toString(16)})\n`, 2);
    };
    if (record.identify !== null) give(`${words.identify} /dev/${name} --raw-binary`, record.identify);
    for (const [cns, answer] of controllerStructures(record)) passed(cns, null, answer);
    for (const [nsid, { identify, attached }] of record.namespaces) {
      passed(0x00, nsid, identify);
      passed(0x12, nsid, attached);
    }
    json(`${words.identify} /dev/${name} --output-format=json`, `${name}/id-ctrl.json`);
    json(`${words.secondaries} /dev/${name} --output-format=json`, `${name}/list-secondary.json`);
    if (words.capabilities !== null)
      json(`${words.capabilities} /dev/${name} --output-format=json`, `${name}/primary-ctrl-caps.json`);
    json(`show-regs /dev/${name} --output-format=json`, `${name}/show-regs.json`);
    json(`get-feature /dev/${name} --feature-id=7`, `${name}/feat-07-num-queues.txt`);
  }
  writeFileSync(path.join(answers, 'lines.tsv'), `${lines.join('\n')}\n`);
}

function controllerStructures(
  record: ControllerRecord,
): readonly (readonly [number, RecordedAnswer | null])[] {
  return [
    [0x02, record.activeNamespaces],
    [0x10, record.allocatedNamespaces],
    [0x13, record.controllers],
    [0x14, record.primaryCapabilities],
    [0x15, record.secondaries],
  ];
}
