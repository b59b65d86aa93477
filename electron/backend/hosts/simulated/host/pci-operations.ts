import { type ErrorCode, fail, type Result, succeed } from '#shared/result.ts';
import type { PciOperations } from '../../host-connection.ts';
import { fixText } from '../../refusal.ts';
import { functionPath } from '../sysfs/places.ts';
import type { Errno, SimulatedKernelAnswer } from './errno.ts';
import type { SimulatedKernel } from './kernel.ts';
import type { PciFunction } from './pci-function.ts';

const codes: Readonly<Record<Errno, ErrorCode>> = {
  ENOENT: 'not-found',
  EACCES: 'not-supported',
  EBUSY: 'busy',
  EEXIST: 'conflict',
  EINVAL: 'invalid-request',
  ENODEV: 'refused',
  ENOTTY: 'not-supported',
  ERANGE: 'invalid-request',
  EINTR: 'aborted',
  EISDIR: 'invalid-request',
  ENOSYS: 'not-supported',
  ENETRESET: 'refused',
};

/** What of a host its PCI side needs. */
interface PciHost {
  readonly id: string;
  readonly kernel: SimulatedKernel;
  /** `echo VALUE > PATH`. */
  writeSysfs(path: string, value: string): Promise<SimulatedKernelAnswer>;
  /** `nvme reset DEVICE`. */
  resetDevice(device: string): Promise<SimulatedKernelAnswer>;
  /** `nvme subsystem-reset` of a function's controller. */
  resetSubsystemOf(entry: PciFunction): Promise<SimulatedKernelAnswer>;
}

/** The PCI side of a host connection, made of the same sysfs writes that a person would type. */
export function createPciOperations(host: PciHost): PciOperations {
  const write = async (path: string, value: string) => resultOf(path, await host.writeSysfs(path, value));
  return {
    setVfCount: (address, count) => write(`${functionPath(address)}/sriov_numvfs`, String(count)),
    setDriversAutoprobe: (address, enabled) =>
      write(`${functionPath(address)}/sriov_drivers_autoprobe`, enabled ? '1' : '0'),
    functionLevelReset: (address) => write(`${functionPath(address)}/reset`, '1'),
    async controllerReset(address) {
      const name = host.kernel.find(address);
      const instance = name ? host.kernel.deviceName(name) : null;
      return instance === null
        ? fail('refused', `${address} is not bound to the nvme driver`, {
            object: address,
            field: 'driver',
            fix: 'Bind nvme, or use a function level reset',
          })
        : resultOf(instance, await host.resetDevice(instance));
    },
    async subsystemReset(address) {
      const entry = host.kernel.find(address);
      return entry
        ? resultOf(address, await host.resetSubsystemOf(entry))
        : fail('not-found', `Host ${host.id} has no NVMe function ${address}`, {
            object: address,
            fix: 'Enable the virtual function first',
          });
    },
    async setDriver(address, driver) {
      const entry = host.kernel.find(address);
      if (!entry)
        return fail('not-found', `Host ${host.id} has no NVMe function ${address}`, {
          object: address,
          fix: 'Enable the virtual function first',
        });
      if (entry.driver === driver && driver !== null) return succeed(undefined);
      if (entry.driver !== null) {
        const unbound = await write(`/sys/bus/pci/drivers/${entry.driver}/unbind`, address);
        if (!unbound.ok) return unbound;
      }
      const override = await write(`${functionPath(address)}/driver_override`, driver ?? '\n');
      if (!override.ok || driver === null) return override;
      return write(`/sys/bus/pci/drivers/${driver}/bind`, address);
    },
  };
}

function resultOf(object: string, answer: SimulatedKernelAnswer): Result<void> {
  if (answer.ok) return succeed(undefined);
  return fail(codes[answer.errno], `${object}: ${answer.text}. ${answer.refusal.cause}`, {
    object,
    fix: fixText(answer.refusal),
  });
}
