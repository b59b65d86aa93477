import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adminCommand } from '../../../../shared/nvme/command.ts';
import { adminOpcodes, commandLine } from '../../../../shared/nvme/commands/table.ts';
import { type NvmeCliRelease, nvmeReleases } from '../../../../shared/nvme/nvme-cli/nvme-release.ts';
import { commandSpec, isNvmeCommandName, nvmeCommands } from '../commands/table.ts';
import type { NvmeCommand } from './console-command.ts';
import { type OptionSpec, optionMaximum } from './option-spec.ts';
import { parseNvme } from './parse-nvme.ts';

/** The words of a line, whose quotes stand around whole values only. */
function wordsOf(line: string): readonly string[] {
  const [, ...words] = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}

function nvme(line: string, release: NvmeCliRelease = '2.3'): NvmeCommand {
  const parsed = parseNvme(release, wordsOf(line));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function error(line: string, release: NvmeCliRelease = '2.3') {
  const parsed = parseNvme(release, wordsOf(line));
  if (parsed.ok) throw new Error(`${line} was understood`);
  return parsed.error;
}

/** Those of every release, with the letters that it gives them. */
const numberOptions = nvmeReleases.flatMap((release) =>
  Object.keys(nvmeCommands)
    .filter(isNvmeCommandName)
    .map((name) => commandSpec(name, release))
    .filter(({ device, name }) => device === 'operand' && name !== 'admin-passthru')
    .flatMap(({ name, options }) =>
      options
        .filter((option) => optionMaximum(option) !== null && option.kind !== 'size')
        .map((option) => ({ release, command: name, option })),
    ),
);

it('options of every release are tried, and none has two of one name or letter', () => {
  for (const release of nvmeReleases) {
    expect(numberOptions.filter((one) => one.release === release).length).toBeGreaterThan(40);
    for (const name of Object.keys(nvmeCommands).filter(isNvmeCommandName)) {
      const { options } = commandSpec(name, release);
      const names = options.flatMap(({ name: long, short }) => [long, ...(short === '' ? [] : [short])]);
      expect(new Set(names).size, `${release} ${name}`).toBe(names.length);
    }
  }
});

/** Every way in which nvme-cli takes the value of an option. */
const spellings: readonly ((option: OptionSpec, value: string) => string)[] = [
  ({ name }, value) => `--${name}=${value}`,
  ({ name }, value) => `--${name} ${value}`,
  ({ name }, value) => `--${name} = ${value}`,
  ({ name }, value) => `--${name} =${value}`,
  ({ name }, value) => `--${name}= ${value}`,
  ({ name }, value) => `--${name}="${value}"`,
  ({ name }, value) => `-${name}=${value}`,
  ({ name, short }, value) => (short === '' ? `--${name} ${value}` : `-${short} ${value}`),
  ({ name, short }, value) => (short === '' ? `--${name}=${value}` : `-${short}${value}`),
];
const bases: readonly ((value: number) => string)[] = [
  (value) => String(value),
  (value) => `0x${value.toString(16)}`,
  (value) => `0X${value.toString(16).toUpperCase()}`,
  (value) => `0${value.toString(8)}`,
];

describe('options of nvme commands', () => {
  it('mean the same in every spelling and base', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...numberOptions),
        fc.constantFrom(...spellings),
        fc.constantFrom(...bases),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        ({ release, command, option }, spell, base, share, deviceLast) => {
          const value = Math.round(share * (optionMaximum(option) ?? 0));
          const written = spell(option, base(value));
          const line = deviceLast
            ? `nvme ${command} ${written} /dev/nvme3`
            : `nvme ${command} /dev/nvme3 ${written}`;
          const parsed = nvme(line, release);
          expect(parsed.device.name).toBe('nvme3');
          expect(parsed.values).toEqual({ [option.name]: value });
        },
      ),
    );
  });

  it('refuse every number beyond the range, naming the option and the range', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...numberOptions),
        fc.constantFrom(...spellings),
        fc.integer({ min: 1, max: 1000 }),
        ({ release, command, option }, spell, beyond) => {
          const maximum = optionMaximum(option) ?? 0;
          const refused = error(
            `nvme ${command} /dev/nvme0 ${spell(option, String(maximum + beyond))}`,
            release,
          );
          expect(refused.field).toBe(`--${option.name}`);
          expect(refused.fix).toContain(`0-${maximum}`);
        },
      ),
    );
  });

  it('may be shortened as long as they are unambiguous', () => {
    expect(nvme('nvme virt-mgmt /dev/nvme0 --cn=1 --ac 9').values).toEqual({ cntlid: 1, act: 9 });
    expect(error('nvme admin-passthru /dev/nvme0 --opcode=6 --cdw1=1').message).toContain('ambiguous');
    // A letter that is no option is the beginning of a long name, as for getopt_long_only.
    expect(nvme('nvme list-ns /dev/nvme0 -t 5', '3.0').values).toEqual({ timeout: 5 });
    expect(nvme('nvme list-secondary /dev/nvme0 -n=5', '2.13').values).toEqual({ 'num-entries': 5 });
    expect(error('nvme list-secondary /dev/nvme0 -n 5', '2.16').message).toContain(
      "option '-n' is ambiguous",
    );
  });

  it('with one dash may be a long name, an option with its value, or several flags', () => {
    expect(nvme('nvme virt-mgmt /dev/nvme0 -c1 -act=9').values).toEqual({ act: 9, cntlid: 1 });
    expect(nvme('nvme admin-passthru /dev/nvme0 -o6 -rb').values).toEqual({
      opcode: 6,
      read: true,
      'raw-binary': true,
    });
  });

  it.each([
    ['nvme virt-mgmt /dev/nvme0 -c', "option '--cntlid' requires an argument"],
    ['nvme virt-mgmt /dev/nvme0 --frob', "unrecognized option '--frob'"],
    ['nvme virt-mgmt /dev/nvme0 -z', "unrecognized option '-z'"],
    ['nvme virt-mgmt /dev/nvme0 -c one', "Expected short argument for 'cntlid' but got 'one'!"],
    ['nvme virt-mgmt /dev/nvme0 -c -1', "Expected short argument for 'cntlid' but got '-1'!"],
    ['nvme id-ctrl /dev/nvme0 -o xml', 'Invalid output format'],
    ['nvme attach-ns /dev/nvme0 -n 1 -c 1,x', 'controller id list is malformed'],
    ['nvme attach-ns /dev/nvme0 -n 1 -c 70000', 'controller id list is malformed'],
    ['nvme id-ctrl /dev/sda', '/dev/sda is not an NVMe device'],
    ['nvme id-ctrl', 'a device is missing'],
    ['nvme id-ctrl /dev/nvme0 /dev/nvme1', "unexpected argument '/dev/nvme1'"],
    ['nvme virt-mgt /dev/nvme0', 'nvme has no command virt-mgt'],
    ['nvme virtual_subsys_create --dev=/dev/nvme1 --dev_vcid=1', "'--virtual_nqn' is missing"],
  ])('refuse %s with the reason and a fix', (line, message) => {
    const refused = error(line);
    expect(refused.message).toContain(message);
    expect(refused.fix).toBeTruthy();
  });
});

describe('lines of nvme', () => {
  it('take the lines of the proposal as they are written there', () => {
    const create = nvme(
      'nvme virtual_subsys_create --dev=/dev/nvme1 --virtual_nqn="my_v_nqn_1" --dev_vcid = 1',
    );
    expect(create.device.name).toBe('nvme1');
    expect(create.values).toEqual({ dev: '/dev/nvme1', virtual_nqn: 'my_v_nqn_1', dev_vcid: 1 });
    const add = nvme(
      'nvme virtual_subsys_add --dev=/dev/nvme1 --virtual_nqn="my_v_nqn_1" --secondary_dev=/dev/nvme2 --secondary_dev_vcid=20',
    );
    expect(add.values).toEqual({
      dev: '/dev/nvme1',
      virtual_nqn: 'my_v_nqn_1',
      secondary_dev: '/dev/nvme2',
      secondary_dev_vcid: 20,
    });
  });

  it('understand what Berth itself writes as the equivalent of a command', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.nat(7),
        fc.nat(15),
        fc.nat(0xffff),
        (cntlid, resource, action, count) => {
          const command = adminCommand({
            opcode: adminOpcodes.virtualizationManagement,
            cdw10: cntlid * 0x1_0000 + resource * 0x100 + action,
            cdw11: count,
          });
          expect(nvme(commandLine(command, '/dev/nvme5')).values).toEqual({
            cntlid,
            rt: resource,
            act: action,
            nr: count,
          });
        },
      ),
    );
  });

  it('never make the parser throw', () => {
    const word = fc.oneof(
      fc.constantFrom('virt-mgmt', 'id', 'lm', '-c', '--act', '=', '--', '-', '/dev/nvme0', '9'),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        expect(typeof parseNvme('2.13', words).ok).toBe('boolean');
      }),
    );
  });
});
