import { option } from './define-option.ts';
import type { CommandSpec } from './option-spec.ts';

const device = option('dev', '', 'text', 'Primary controller', { required: true });
const controller = option('cntlid', '', 'short', 'Controller identifier of the function', { required: true });
const handle = option('handle', '', 'short', 'Handle that the function must still have');

/** Function provisioning in the style of the proposal (not in the ratified specification); they exist in Berth only. */
export const functionCommands = {
  virtual_function_provision: {
    name: 'virtual_function_provision',
    summary: 'Provision a function that is no virtual function (proposal)',
    device: 'option',
    options: [
      device,
      option('cntlid', '', 'short', 'Controller identifier that it is to have; without it any free one', {
        maximum: 0xffef,
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
    summary: 'Enable live migration of a function, or show it to VFIO (proposal)',
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
    options: [device, option('output-format', 'o', 'format', 'Output format')],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
