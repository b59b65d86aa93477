import type { AdminCommand } from '#shared/nvme/command.ts';
import {
  anyFreeController,
  functionManagement,
  functionSelectors,
} from '#shared/nvme/commands/proposal/function-management.ts';
import {
  functionReceive,
  functionReceiveSelectors,
} from '#shared/nvme/commands/proposal/function-receive.ts';
import { largestControllerIdentifier } from '#shared/nvme/controller-identifier.ts';
import {
  decodeFunctionList,
  type FunctionListEntry,
  functionKinds,
  functionListLength,
  functionStates,
  maximumListedFunctions,
} from '#shared/nvme/layouts/proposal/function-list.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { format } from '../grammar/common-options.ts';
import { option } from '../grammar/define-option.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { type Exchange, exchange } from './admin-exchange.ts';
import { type CommandOf, defineCommands } from './define-commands.ts';

const device = option('dev', '', 'text', 'Primary controller', { required: true });
const controller = option('cntlid', '', 'short', 'Controller identifier of the function', { required: true });
const handle = option('handle', '', 'short', 'Handle the function must still have');

const specs = {
  virtual_function_provision: {
    name: 'virtual_function_provision',
    summary: 'Provision a function that is not a virtual function (proposal)',
    device: 'option',
    options: [
      device,
      option('cntlid', '', 'short', 'Controller identifier of the new function; any free one by default', {
        maximum: largestControllerIdentifier,
      }),
    ],
  },
  virtual_function_destroy: {
    name: 'virtual_function_destroy',
    summary: 'Destroy a provisioned function (proposal)',
    device: 'option',
    options: [device, controller, handle],
  },
  virtual_function_set: {
    name: 'virtual_function_set',
    summary: 'Enable live migration of a function, or make it visible to VFIO (proposal)',
    device: 'option',
    options: [
      device,
      controller,
      handle,
      option('migration', '', 'byte', 'Live migration: 0 disabled, 1 enabled', { maximum: 1 }),
      option('visible', '', 'byte', 'Visible to VFIO: 0 hidden, 1 visible', { maximum: 1 }),
    ],
  },
  virtual_function_list: {
    name: 'virtual_function_list',
    summary: 'List the functions of a primary controller (proposal)',
    device: 'option',
    options: [device, format],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

/** The function provisioning commands of the proposal (not in the ratified specification). */
export type FunctionCommand = CommandOf<typeof specs>;

async function functionCommand(queue: AskedController, command: FunctionCommand): Promise<CommandOutput> {
  switch (command.name) {
    case 'virtual_function_provision': {
      const cntlid = command.values.cntlid ?? anyFreeController;
      const sent = await manage(queue, command, functionSelectors.provision.value, cntlid, 0);
      if (!sent.ok) return sent.output;
      const created = functionManagement.result.decode(sent.completion.dw0);
      return printed(`${command.name}: Success, cntlid:${created.cntlid} handle:${created.handle}\n`);
    }
    case 'virtual_function_destroy': {
      const { cntlid = 0, handle = 0 } = command.values;
      const sent = await manage(queue, command, functionSelectors.destroy.value, cntlid, handle);
      return sent.ok ? printed(`${command.name}: Success, cntlid:${cntlid}\n`) : sent.output;
    }
    case 'virtual_function_set':
      return set(queue, command);
    case 'virtual_function_list':
      return list(queue, command);
  }
}

async function set(
  queue: AskedController,
  command: Extract<FunctionCommand, { name: 'virtual_function_set' }>,
): Promise<CommandOutput> {
  const { cntlid = 0, handle = 0, migration, visible } = command.values;
  const { enableMigration, disableMigration, makeVisible, hide } = functionSelectors;
  // One line is one command: two would leave half done what the second refuses.
  if ((migration === undefined) === (visible === undefined))
    return refused(`${command.name}: name either --migration=<0|1> or --visible=<0|1>`);
  const selector =
    migration === undefined
      ? visible === 1
        ? makeVisible
        : hide
      : migration === 1
        ? enableMigration
        : disableMigration;
  const sent = await manage(queue, command, selector.value, cntlid, handle);
  return sent.ok ? printed(`${command.name}: Success, cntlid:${cntlid}\n`) : sent.output;
}

async function list(
  queue: AskedController,
  command: Extract<FunctionCommand, { name: 'virtual_function_list' }>,
): Promise<CommandOutput> {
  const all: FunctionListEntry[] = [];
  for (let from = 0; from <= 0xffff; ) {
    const page = functionReceive.encode(
      { sel: functionReceiveSelectors.list.value, cntlid: from },
      { readLength: functionListLength },
    );
    const sent = await submit(queue, command, page);
    if (!sent.ok) return sent.output;
    const listed = decodeFunctionList(sent.completion.data ?? new Uint8Array(0));
    if (!listed.ok) return refused(`${command.name}: ${listed.error.message}`);
    const fresh = listed.value.entries.filter((entry) => entry.cntlid >= from);
    all.push(...fresh);
    const last = fresh.at(-1);
    if (last === undefined || fresh.length < maximumListedFunctions) break;
    from = last.cntlid + 1;
  }
  if (command.values['output-format'] === 'json')
    return printed(printNvmeCliJson({ functions: all.map(jsonOf) }, command.version));
  return printed(all.map((entry) => `${textOf(entry)}\n`).join(''));
}

function jsonOf({ cntlid, handle, fkind, fstate, vfn, uuid }: FunctionListEntry) {
  return {
    cntlid,
    handle,
    kind: isProvisioned(fkind) ? 'provisioned' : 'virtual-function',
    'migration-enabled': (fstate & functionStates.migrationEnabled) !== 0 ? 1 : 0,
    visible: (fstate & functionStates.visible) !== 0 ? 1 : 0,
    'virtual-function-number': vfn,
    ...(isProvisioned(fkind) ? { uuid } : {}),
  };
}

function textOf({ cntlid, handle, fkind, fstate, vfn, uuid }: FunctionListEntry): string {
  const kind = isProvisioned(fkind) ? `provisioned ${uuid}` : `VF ${vfn}`;
  const migration = (fstate & functionStates.migrationEnabled) !== 0 ? 'enabled' : 'disabled';
  const visible = (fstate & functionStates.visible) !== 0 ? 'visible' : 'hidden';
  return `cntlid ${cntlid} handle ${handle} - ${kind}, migration ${migration}, ${visible}`;
}

function isProvisioned(kind: number): boolean {
  return kind === functionKinds.provisioned.value;
}

function manage(
  queue: AskedController,
  command: FunctionCommand,
  selector: number,
  cntlid: number,
  handle: number,
): Promise<Exchange> {
  return submit(queue, command, functionManagement.encode({ sel: selector, cntlid, handle }));
}

function submit(queue: AskedController, command: FunctionCommand, sent: AdminCommand): Promise<Exchange> {
  return exchange(queue, sent, {
    subject: command.name,
    version: command.version,
    json: false,
  });
}

/** Function provisioning in the style of the proposal (not in the ratified specification); they exist in Berth only. */
export const functionCommands = defineCommands(specs, {
  virtual_function_provision: ({ queue }, command) => functionCommand(queue, command),
  virtual_function_destroy: ({ queue }, command) => functionCommand(queue, command),
  virtual_function_set: ({ queue }, command) => functionCommand(queue, command),
  virtual_function_list: ({ queue }, command) => functionCommand(queue, command),
});
