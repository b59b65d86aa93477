import type { Refusal } from '../../refusal.ts';
import { functionPath } from '../sysfs/places.ts';
import { isPhysical, type PciFunction, type PhysicalFunction, provisionedUuidOf } from './pci-function.ts';

const driverFile = (driver: string, file: 'bind' | 'unbind') => `/sys/bus/pci/drivers/${driver}/${file}`;

/** A driver that is asked to take a function which it does not know. */
export function noMatch(entry: PciFunction, driver: string): Refusal {
  const { address, driverOverride } = entry;
  if (provisionedUuidOf(entry) !== null)
    return {
      cause: `${address} is a provisioned function, whose driver comes with it`,
      fix: 'Leave the step out',
      lines: [],
    };
  return {
    cause:
      driverOverride === null
        ? `${driver} takes a function only by driver_override or new_id, and driver_override of ${address} is not set`
        : `driver_override of ${address} is ${driverOverride}, so ${driver} does not take it`,
    fix: `Write ${driver} into driver_override first`,
    lines: [`echo ${driver} > ${functionPath(address)}/driver_override`],
  };
}

export function boundTo({ address }: PciFunction, driver: string): Refusal {
  return {
    cause: `${address} is bound to ${driver}`,
    fix: 'Unbind it first',
    lines: [`echo ${address} > ${driverFile(driver, 'unbind')}`],
  };
}

export function notBound({ address, driver: bound }: PciFunction, driver: string): Refusal {
  return {
    cause: `${address} is bound to ${bound ?? 'no driver'}, not to ${driver}`,
    fix: bound === null ? 'Leave the step out' : `Write the address into ${driverFile(bound, 'unbind')}`,
    lines: [],
  };
}

/** The kernel lets an explicit driver_override pass even when automatic probing is off. */
export function noAutomaticProbe(entry: PciFunction, physical: PhysicalFunction, driver: string): Refusal {
  return {
    cause: `sriov_drivers_autoprobe of ${physical.address} is 0, and driver_override of ${entry.address} is not set`,
    fix: 'Write the driver into driver_override of this function, or 1 into sriov_drivers_autoprobe',
    lines: [`echo ${driver} > ${functionPath(entry.address)}/driver_override`],
  };
}

export function noIommu({ address }: PciFunction): Refusal {
  return {
    cause: `This host has no IOMMU, so ${address} has no IOMMU group and vfio-pci does not take it`,
    fix: 'Switch the IOMMU on in the firmware of the host and boot with intel_iommu=on or its like; in a fleet file it is the field iommu of the host',
    lines: [],
  };
}

/** Virtual functions that virtual machines use: `0000:01:00.1 from virtual machine db and …`; null where none does. */
export function usersOf(physical: PciFunction, functions: ReadonlyMap<string, PciFunction>): string | null {
  const words = [...functions.values()]
    .filter(({ physicalFunction, owner }) => physicalFunction === physical && owner !== null)
    .map(({ address, owner }) => `${address} from virtual machine ${owner}`);
  return words.length === 0 ? null : words.join(' and ');
}

/** vfio-pci and a physical function whose virtual functions are enabled. */
export function hasVirtualFunctions(
  entry: PciFunction,
  count: number,
  { functions }: { readonly functions: ReadonlyMap<string, PciFunction> },
): Refusal {
  const { address } = entry;
  const cause = `vfio-pci takes no physical function whose virtual functions are enabled: sriov_numvfs of ${address} is ${count}`;
  const fix = `Write 0 first, which removes the ${count} virtual functions; that needs the nvme driver on ${address}`;
  const users = usersOf(entry, functions);
  if (users !== null) return { cause, fix: `${fix}. Before that, take ${users}`, lines: [] };
  const override = `${functionPath(address)}/driver_override`;
  return {
    cause,
    fix,
    lines: [
      `echo nvme > ${override}`,
      `echo ${address} > ${driverFile('nvme', 'bind')}`,
      `echo 0 > ${functionPath(address)}/sriov_numvfs`,
      `echo ${address} > ${driverFile('nvme', 'unbind')}`,
      `echo vfio-pci > ${override}`,
    ],
  };
}

export function noSriov(entry: PciFunction): Refusal {
  const { address, physicalFunction, vfn } = entry;
  if (isPhysical(entry) || physicalFunction === null)
    return {
      cause: `${address} has no SR-IOV capability, so it has no virtual functions`,
      fix: 'Use a drive that has them; some need a vendor command or other firmware that switches SR-IOV on',
      lines: [],
    };
  return {
    cause: `${address} is itself a virtual function (${vfn} of ${physicalFunction.address})`,
    fix: `Write to ${functionPath(physicalFunction.address)}/sriov_numvfs`,
    lines: [],
  };
}

export function noSriovDriver(entry: PciFunction): Refusal {
  const { address, driver, driverOverride } = entry;
  const lines = [
    ...(driver === null ? [] : [`echo ${address} > ${driverFile(driver, 'unbind')}`]),
    ...(driverOverride === null || driverOverride === 'nvme'
      ? []
      : [`echo nvme > ${functionPath(address)}/driver_override`]),
    `echo ${address} > ${driverFile('nvme', 'bind')}`,
  ];
  return {
    cause: `${address} is bound to ${driver ?? 'no driver'}, and a driver with SR-IOV support sets sriov_numvfs`,
    fix: 'Bind it to nvme first',
    lines: entry.owner === null ? lines : [],
  };
}

/** From one number of virtual functions to another. */
export function countMustBeZero({ address }: PciFunction, current: number, isUsed: boolean): Refusal {
  return {
    cause: `sriov_numvfs of ${address} is ${current}, and it goes to another number through 0 only`,
    fix: `Write 0 first, which removes the ${current} virtual functions${isUsed ? '; a virtual machine uses one of them, which has to give it back before' : ''}`,
    lines: isUsed ? [] : [`echo 0 > ${functionPath(address)}/sriov_numvfs`],
  };
}

// Linux would wait until the virtual machine lets go; refusing says the same sooner.
export function usedBy({ address, owner }: PciFunction): Refusal {
  return {
    cause: `Virtual machine ${owner} uses ${address}`,
    fix: `Take it from the virtual machine first (virsh detach-device ${owner} FILE), or shut that down`,
    lines: [],
  };
}
