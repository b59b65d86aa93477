import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import type { CommandCodec, CommandField } from '#shared/nvme/commands/command-codec.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { getVirtualSubsystem } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { adminCommands, commandLine, dataDirection } from '#shared/nvme/commands/table.ts';
import { encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import {
  blankVirtualSubsystemIdentity,
  encodeVirtualSubsystemIdentity,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { type NvmeCliGeneration, nvmeCliGenerations } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { systemClock } from '../system-clock.ts';
import type { ConsoleHost } from './console-host.ts';
import { openShell } from './host-shell/open-shell.ts';
import { runLine } from './host-shell/run-line.ts';
import type { Shell } from './host-shell/shell.ts';

const codecs: readonly CommandCodec[] = Object.values(adminCommands).flatMap((definition) => [
  definition as CommandCodec,
  ...(Object.values(definition.forms) as readonly CommandCodec[]),
]);

/** Fields that say how much data there is: as much as the console moves. */
const amounts = ['numd', 'numdl', 'size'];

function valueOfField(name: string, field: CommandField): fc.Arbitrary<number | bigint | boolean> {
  if (field.kind === 'flag') return fc.boolean();
  if (field.kind === 'big') return fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 40n));
  const width = field.parts.reduce((sum, { high, low }) => sum + high - low + 1, 0);
  const most = amounts.includes(name) ? 999 : 2 ** width - 1;
  // Small values are the defined ones; they have lines of their own.
  return fc.oneof(fc.constant(0), fc.nat(Math.min(most, 25)), fc.nat(most));
}

function bytes(encoded: Result<Uint8Array>): Uint8Array {
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}

/** The data of a command whose line names what is in it, of one that names its length, or any. */
function dataFor(command: AdminCommand): Uint8Array {
  if (command.opcode === adminCommands.namespaceAttachment.opcode)
    return bytes(encodeControllerList({ identifiers: [1, 5], reserved: [] }));
  if (command.opcode === adminCommands.virtualSubsystemManagement.opcode)
    return bytes(
      encodeVirtualSubsystemIdentity({ ...blankVirtualSubsystemIdentity(), vnqn: 'nqn.2026-11.io.berth:a' }),
    );
  const isState = command.opcode === adminCommands.migrationSend.opcode;
  return new Uint8Array(isState ? command.cdw15 * 4 : 8);
}

const commands: fc.Arbitrary<AdminCommand> = fc
  .constantFrom(...codecs)
  .chain((codec) => {
    const fields = Object.entries(codec.fields).map(([name, field]) => [name, valueOfField(name, field)]);
    return fc.record(Object.fromEntries(fields)).map((values) => codec.encode(values as never));
  })
  .chain((command) => {
    const direction = dataDirection(command.opcode);
    if (direction === 'from-controller')
      return fc.constantFrom(0, 16, 4096).map((readLength) => adminCommand({ ...command, readLength }));
    if (direction !== 'to-controller') return fc.constant(command);
    // A state comes from a file, which has to be as long as the command says.
    const always = command.opcode === adminCommands.migrationSend.opcode;
    return fc
      .boolean()
      .map((has) => (has || always ? adminCommand({ ...command, data: dataFor(command) }) : command));
  });

/** What the device gets, and what a command finds in every file. */
const device: { sent: AdminCommand[]; data: Uint8Array } = { sent: [], data: new Uint8Array() };

/** The device refuses everything, so that one command is all. */
function refusingHost(): ConsoleHost {
  const unused = async () => ({ ok: true }) as const;
  return {
    connection: {
      describe: async () => fail('refused', ''),
      pci: {} as never,
      virtualMachines: {} as never,
      functions: async () =>
        succeed([{ deviceName: 'nvme0', address: '0000:01:00.0', virtualFunction: null } as never]),
      adminQueue: () =>
        succeed({
          refusalOf: () => null,
          submit: async (command) => {
            device.sent.push(command);
            return succeed(completionOf('invalidField'));
          },
        }),
    },
    timeout: { timeoutMilliseconds: 1000, clock: systemClock },
    sysfs: {
      read: () => ({ ok: false, error: '', refusal: { cause: '', fix: '', lines: [] } }) as const,
      readLink: () => null,
      canonical: () => null,
      kindOf: () => null,
      list: () => null,
      open: () => ({ ok: true }),
    },
    namespaces: () => [],
    whyNoDevice: () => ({ cause: '', fix: '', lines: [] }),
    writeSysfs: unused,
    sleep: async () => undefined,
    resetDevice: unused,
    resetSubsystemOfDevice: unused,
    registers: () => null,
    files: { read: async () => succeed(device.data), write: async () => fail('refused', '') },
  };
}

async function sentBy(shell: Shell, line: string, data: Uint8Array) {
  device.data = data;
  const { stderr } = await runLine(shell, line);
  return { sent: device.sent.splice(0), stderr };
}

const dwordsOf = ({ opcode, nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 }: AdminCommand) =>
  [opcode, nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15].map((dword) => dword >>> 0);

const written = new Set<string>();

async function check(shell: Shell, command: AdminCommand, generation: NvmeCliGeneration): Promise<void> {
  const line = commandLine(command, '/dev/nvme0', {}, generation);
  written.add(line.split(' /dev')[0] ?? '');
  const { sent, stderr } = await sentBy(shell, line, command.data ?? new Uint8Array());
  expect([line, stderr, sent.map(dwordsOf)]).toEqual([line, stderr, [dwordsOf(command)]]);
  const carriesData = /(attach-ns|detach-ns|ns attach|ns detach|virtual_subsys_create|data\.bin) /;
  if (carriesData.test(`${line} `)) expect(sent[0]?.data).toEqual(command.data);
}

test('the console sends the command of which Berth wrote the line, in either spelling', async () => {
  const shell = await openShell(refusingHost());
  const attach = adminCommands.namespaceAttachment.encode({ nsid: 3 });
  const common = Object.values(identifyStructures).map((structure) => identifyCommand(structure));
  for (const command of [...common, adminCommand({ ...attach, data: dataFor(attach) })])
    for (const generation of nvmeCliGenerations) await check(shell, command, generation);
  await fc.assert(
    fc.asyncProperty(commands, fc.constantFrom(...nvmeCliGenerations), async (command, generation) => {
      // Get Virtual Subsystem is part of a list there: the console reads the list before it asks for one.
      fc.pre(!getVirtualSubsystem.describes(command));
      await check(shell, command, generation);
    }),
    { numRuns: numRuns(500, 20_000) },
  );
  for (const name of ['nvme id-ctrl', 'nvme id ctrl', 'nvme ns attach', 'nvme virt-mgmt'])
    expect(written).toContain(name);
});
