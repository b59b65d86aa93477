import { onFunction, type Performers } from './perform-context.ts';

/** Resets, the VF count and drivers: through the PCI side of the host. */
export const pciPerformers: Performers<
  | 'function-level-reset'
  | 'controller-reset'
  | 'subsystem-reset'
  | 'set-vf-count'
  | 'set-drivers-autoprobe'
  | 'set-driver'
> = {
  'function-level-reset': (step, context) =>
    onFunction(context, step.controllerId, ({ pci }, address) => pci.functionLevelReset(address)),
  'controller-reset': (step, context) =>
    onFunction(context, step.controllerId, ({ pci }, address) => pci.controllerReset(address)),
  'subsystem-reset': (step, context) =>
    onFunction(context, step.controllerId, ({ pci }, address) => pci.subsystemReset(address)),
  'set-vf-count': (step, context) =>
    onFunction(context, step.primaryId, ({ pci }, address) => pci.setVfCount(address, step.count)),
  'set-drivers-autoprobe': (step, context) =>
    onFunction(context, step.primaryId, ({ pci }, address) => pci.setDriversAutoprobe(address, step.enabled)),
  'set-driver': (step, context) =>
    onFunction(context, step.controllerId, ({ pci }, address) => pci.setDriver(address, step.driver)),
};
