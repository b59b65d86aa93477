import type { AdminCommand } from '#shared/nvme/command.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import {
  virtualSubsystemManagement,
  virtualSubsystemSelectors,
} from '#shared/nvme/commands/proposal/virtual-subsystem-management.ts';
import {
  getVirtualSubsystem,
  listVirtualSubsystems,
} from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { largestControllerIdentifier } from '#shared/nvme/controller-identifier.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import {
  decodeVirtualSubsystem,
  type VirtualSubsystemWire,
} from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import {
  blankVirtualSubsystemIdentity,
  encodeVirtualSubsystemIdentity,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { decodeVirtualSubsystemList } from '#shared/nvme/layouts/proposal/virtual-subsystem-list.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { NvmeFunction } from '../../hosts/host-connection.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused, refusedWithFix } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import { format } from '../grammar/common-options.ts';
import { option } from '../grammar/define-option.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { type Exchange, exchange } from './admin-exchange.ts';
import { type CommandOf, defineCommands } from './define-commands.ts';

const device = option('dev', '', 'text', 'Primary controller', { required: true });
const virtualNqn = option('virtual_nqn', '', 'text', 'NQN of the virtual subsystem');
const virtualId = option('vsid', '', 'short', 'Identifier of the virtual subsystem, instead of its NQN');
const secondaryDevice = option('secondary_dev', '', 'text', 'Secondary controller');
const secondaryId = option(
  'secondary_cntlid',
  '',
  'short',
  'Controller identifier of the secondary controller, if it has no device',
);

const specs = {
  virtual_subsys_create: {
    name: 'virtual_subsys_create',
    summary: 'Create a virtual subsystem (proposal)',
    device: 'option',
    options: [
      device,
      { ...virtualNqn, required: true },
      option('dev_vcid', '', 'short', 'Virtual controller identifier of the primary', {
        maximum: largestControllerIdentifier,
        required: true,
      }),
    ],
  },
  virtual_subsys_add: {
    name: 'virtual_subsys_add',
    summary: 'Add a secondary controller to a virtual subsystem (proposal)',
    device: 'option',
    options: [
      device,
      virtualNqn,
      virtualId,
      secondaryDevice,
      secondaryId,
      option('secondary_dev_vcid', '', 'short', 'Virtual controller identifier of the secondary', {
        maximum: largestControllerIdentifier,
        required: true,
      }),
    ],
  },
  virtual_subsys_remove: {
    name: 'virtual_subsys_remove',
    summary: 'Remove a secondary controller from a virtual subsystem (proposal)',
    device: 'option',
    options: [device, virtualNqn, virtualId, secondaryDevice, secondaryId],
  },
  virtual_subsys_delete: {
    name: 'virtual_subsys_delete',
    summary: 'Delete a virtual subsystem (proposal)',
    device: 'option',
    options: [device, virtualNqn, virtualId],
  },
  virtual_subsys_list: {
    name: 'virtual_subsys_list',
    summary: 'List the virtual subsystems of a primary controller (proposal)',
    device: 'option',
    options: [device, virtualNqn, virtualId, format],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

/** The commands of the proposal (not in the ratified specification). */
export type VirtualSubsystemCommand = CommandOf<typeof specs>;

/** The primary controller that a command goes to, and the functions that its devices name. */
export interface VirtualSubsystemTarget {
  readonly host: ConsoleHost;
  readonly queue: AskedController;
  readonly found: NvmeFunction;
  readonly functions: readonly NvmeFunction[];
}

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly output: CommandOutput };

async function virtualSubsystem(
  target: VirtualSubsystemTarget,
  command: VirtualSubsystemCommand,
): Promise<CommandOutput> {
  switch (command.name) {
    case 'virtual_subsys_create':
      return create(target, command);
    case 'virtual_subsys_list':
      return list(target, command);
    case 'virtual_subsys_delete': {
      const vsid = await vsidOf(target, command);
      if (!vsid.ok) return vsid.output;
      const fields = { sel: virtualSubsystemSelectors.delete.value, vsid: vsid.value };
      return told(command, await send(target, command, fields), `vsid:${vsid.value}`);
    }
    case 'virtual_subsys_add':
    case 'virtual_subsys_remove': {
      const vsid = await vsidOf(target, command);
      if (!vsid.ok) return vsid.output;
      const cntlid = await secondaryOf(target, command);
      if (!cntlid.ok) return cntlid.output;
      const isAdd = command.name === 'virtual_subsys_add';
      const fields = {
        sel: (isAdd ? virtualSubsystemSelectors.addController : virtualSubsystemSelectors.removeController)
          .value,
        vsid: vsid.value,
        cntlid: cntlid.value,
        vcid: isAdd ? (command.values.secondary_dev_vcid ?? 0) : 0,
      };
      const sent = await withoutDriver(target, command.values.secondary_dev, () =>
        send(target, command, fields),
      );
      return told(command, sent, `cntlid:${cntlid.value}`);
    }
  }
}

async function create(
  target: VirtualSubsystemTarget,
  command: Extract<VirtualSubsystemCommand, { name: 'virtual_subsys_create' }>,
): Promise<CommandOutput> {
  const { virtual_nqn: vnqn = '', dev_vcid: vcid = 0 } = command.values;
  const identity = encodeVirtualSubsystemIdentity({ ...blankVirtualSubsystemIdentity(), vnqn });
  if (!identity.ok)
    return refusedWithFix(
      `${command.name}: ${identity.error.message}`,
      identity.error.fix ?? 'Choose another --virtual_nqn',
    );
  const sent = await send(
    target,
    command,
    { sel: virtualSubsystemSelectors.create.value, vcid },
    identity.value,
  );
  return told(
    command,
    sent,
    sent.ok ? `vsid:${virtualSubsystemManagement.result.decode(sent.completion.dw0).vsid}` : '',
  );
}

async function list(
  target: VirtualSubsystemTarget,
  command: Extract<VirtualSubsystemCommand, { name: 'virtual_subsys_list' }>,
): Promise<CommandOutput> {
  const all = await readAll(target, command);
  if (!all.ok) return all.output;
  const { virtual_nqn: nqn, vsid } = command.values;
  const wanted = all.value.filter(
    (known) =>
      (nqn === undefined || known.identity.vnqn === nqn) && (vsid === undefined || known.vsid === vsid),
  );
  if (command.values['output-format'] === 'json') {
    const json = wanted.map((known) => ({
      vsid: known.vsid,
      vnqn: known.identity.vnqn,
      cntlid: known.ccntlid,
      members: known.members.map(({ vcid, cntlid }) => ({ vcid, cntlid })),
    }));
    return printed(printNvmeCliJson({ 'virtual-subsystems': json }, command.version));
  }
  const lines = wanted.flatMap((known) => [
    `vsid ${known.vsid} - VNQN=${known.identity.vnqn}`,
    ...known.members.map(({ vcid, cntlid }) => ` +- vcid ${vcid} cntlid ${cntlid}`),
  ]);
  return printed(lines.map((line) => `${line}\n`).join(''));
}

function send(
  target: VirtualSubsystemTarget,
  command: VirtualSubsystemCommand,
  fields: { readonly sel: number; readonly vsid?: number; readonly cntlid?: number; readonly vcid?: number },
  data?: Uint8Array,
): Promise<Exchange> {
  const sent = virtualSubsystemManagement.encode(fields, data === undefined ? {} : { data });
  return submit(target, command, sent);
}

function submit(
  target: VirtualSubsystemTarget,
  command: VirtualSubsystemCommand,
  sent: AdminCommand,
): Promise<Exchange> {
  return exchange(target.queue, sent, {
    subject: command.name,
    version: command.version,
    json: false,
  });
}

function told(command: VirtualSubsystemCommand, sent: Exchange, what: string): CommandOutput {
  return sent.ok ? printed(`${command.name}: Success, ${what}\n`) : sent.output;
}

/** The identifier that was given, or that of the virtual subsystem with the given NQN. */
async function vsidOf(
  target: VirtualSubsystemTarget,
  command: Exclude<VirtualSubsystemCommand, { name: 'virtual_subsys_create' }>,
): Promise<Outcome<number>> {
  const { vsid, virtual_nqn: nqn } = command.values;
  if (vsid !== undefined) return { ok: true, value: vsid };
  if (nqn === undefined)
    return failed(
      command,
      'the virtual subsystem is missing\nName it with --virtual_nqn=<text> or --vsid=<0-65535>',
    );
  const all = await readAll(target, command);
  if (!all.ok) return all;
  const found = all.value.find((known) => known.identity.vnqn === nqn);
  if (found) return { ok: true, value: found.vsid };
  const known = all.value.map((other) => other.identity.vnqn).join(', ');
  return failed(
    command,
    `${command.device.text} has no virtual subsystem ${nqn}\n${known === '' ? 'Create it with nvme virtual_subsys_create' : `It has ${known}`}`,
  );
}

async function readAll(
  target: VirtualSubsystemTarget,
  command: VirtualSubsystemCommand,
): Promise<Outcome<readonly VirtualSubsystemWire[]>> {
  const transfer = { readLength: 4096 };
  const listed = await submit(target, command, listVirtualSubsystems.encode({}, transfer));
  if (!listed.ok) return listed;
  const entries = decodeVirtualSubsystemList(listed.completion.data ?? new Uint8Array(0));
  if (!entries.ok) return failed(command, entries.error.message);
  const all: VirtualSubsystemWire[] = [];
  for (const { vsid } of entries.value.entries) {
    const read = await submit(target, command, getVirtualSubsystem.encode({ vsid }, transfer));
    if (!read.ok) return read;
    const decoded = decodeVirtualSubsystem(read.completion.data ?? new Uint8Array(0));
    if (!decoded.ok) return failed(command, decoded.error.message);
    all.push(decoded.value);
  }
  return { ok: true, value: all };
}

/**
 * The physical CNTLID of the secondary. A device in a virtual subsystem answers Identify with its virtual identifier, so
 * it is looked up by its virtual function number in the primary's own list.
 */
async function secondaryOf(
  target: VirtualSubsystemTarget,
  command: Extract<VirtualSubsystemCommand, { name: 'virtual_subsys_add' | 'virtual_subsys_remove' }>,
): Promise<Outcome<number>> {
  const { secondary_cntlid: cntlid, secondary_dev: path } = command.values;
  if (cntlid !== undefined) return { ok: true, value: cntlid };
  if (path === undefined)
    return failed(
      command,
      'the secondary controller is missing\nName it with --secondary_dev=/dev/nvme2 or --secondary_cntlid=<0-65535>',
    );
  const device = target.functions.find((known) => `/dev/${known.deviceName}` === path);
  if (device === undefined)
    return failed(
      command,
      `${path}: No such file or directory\nBind the secondary to the nvme driver, or name it with --secondary_cntlid=<0-65535>`,
    );
  const vfn = device.virtualFunction;
  if (vfn?.physicalFunction !== target.found.address)
    return failed(command, `${path} is not a secondary controller of ${command.device.text}`);
  for (let cntid = 0; cntid <= 0xffff; ) {
    const answer = await submit(
      target,
      command,
      identifyCommand(identifyStructures.secondaryControllers, { cntid }),
    );
    if (!answer.ok) return answer;
    const page = decodeSecondaryControllerList(answer.completion.data ?? new Uint8Array(0));
    const entries = page.ok ? page.value.entries.filter((known) => known.scid >= cntid) : [];
    const entry = entries.find((known) => known.vfn === vfn.vfn);
    if (entry) return { ok: true, value: entry.scid };
    const last = entries.at(-1);
    if (last === undefined) break;
    cntid = last.scid + 1;
  }
  return failed(command, `${command.device.text} does not list ${path} as its secondary controller`);
}

/**
 * A controller may change its identity only while no driver uses it. A secondary that is named by its device has the
 * host's driver, so that is unbound meanwhile and probes again, with the identity that the controller has then.
 */
async function withoutDriver<T>(
  { host, functions }: VirtualSubsystemTarget,
  path: string | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const address = functions.find((known) => `/dev/${known.deviceName}` === path)?.address;
  if (address === undefined) return action();
  const override = `/sys/bus/pci/devices/${address}/driver_override`;
  await host.writeSysfs('/sys/bus/pci/drivers/nvme/unbind', address);
  try {
    return await action();
  } finally {
    // With an override the driver probes even where sriov_drivers_autoprobe is 0.
    await host.writeSysfs(override, 'nvme');
    await host.writeSysfs('/sys/bus/pci/drivers/nvme/bind', address);
    await host.writeSysfs(override, '');
  }
}

function failed(command: VirtualSubsystemCommand, message: string): { ok: false; output: CommandOutput } {
  return { ok: false, output: refused(`${command.name}: ${message}`) };
}

/** The commands of the proposal (not in the ratified specification); they exist in Berth only. */
export const virtualSubsystemCommands = defineCommands(specs, {
  virtual_subsys_create: virtualSubsystem,
  virtual_subsys_add: virtualSubsystem,
  virtual_subsys_remove: virtualSubsystem,
  virtual_subsys_delete: virtualSubsystem,
  virtual_subsys_list: virtualSubsystem,
});
