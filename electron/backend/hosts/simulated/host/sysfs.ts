import { kernelError, kernelSuccess, type SimulatedKernelAnswer } from './errno.ts';
import type { SimulatedKernel } from './kernel.ts';
import { isPhysical, type PciFunction } from './pci-function.ts';

const devicesFolder = '/sys/bus/pci/devices/';
const driversFolder = '/sys/bus/pci/drivers/';
const knownDrivers: readonly string[] = ['nvme', 'vfio-pci'];

/** `echo VALUE > PATH` on the simulated kernel; `value` without the line end. */
export function writeSysfs(kernel: SimulatedKernel, path: string, value: string): SimulatedKernelAnswer {
  kernel.settle();
  if (path.startsWith(devicesFolder)) {
    const parts = path.slice(devicesFolder.length).split('/');
    // A provisioned function is a folder below its parent's.
    const [first = '', second = ''] = parts;
    const below = kernel.functions.get(`${first}/${second}`);
    const [attribute, ...rest] = parts.slice(below ? 2 : 1);
    const address = below?.address ?? first;
    const entry = below ?? kernel.functions.get(first);
    if (!entry) return kernelError('ENOENT', `there is no function ${address}`, 'open');
    if (attribute === undefined || rest.length > 0) return noSuchFile(path);
    return writeDevice(kernel, entry, attribute, value, path);
  }
  if (path.startsWith(driversFolder)) {
    const [driver = '', attribute, ...rest] = path.slice(driversFolder.length).split('/');
    if (!knownDrivers.includes(driver)) return kernelError('ENOENT', `there is no driver ${driver}`, 'open');
    if (attribute === undefined || rest.length > 0) return noSuchFile(path);
    return writeDriver(kernel, driver, attribute, value, path);
  }
  if (path === '/sys/bus/pci/drivers_probe') {
    const entry = kernel.functions.get(value.trim());
    return entry ? kernel.probeAny(entry) : kernelError('ENODEV', `there is no function ${value.trim()}`);
  }
  return kernelError('ENOENT', `${path} is not simulated`, 'open');
}

function writeDevice(
  kernel: SimulatedKernel,
  entry: PciFunction,
  attribute: string,
  value: string,
  path: string,
): SimulatedKernelAnswer {
  const text = value.trim();
  switch (attribute) {
    case 'sriov_numvfs': {
      if (!isPhysical(entry) || !entry.sriov) return noSuchFile(path);
      const count = unsigned(text, 0xffff);
      return typeof count === 'number' ? kernel.setVfCount(entry, count) : count;
    }
    case 'sriov_drivers_autoprobe': {
      if (!isPhysical(entry) || !entry.sriov) return noSuchFile(path);
      const enabled = truth(text);
      if (enabled === undefined) return kernelError('EINVAL', `${text} is neither 0 nor 1`);
      entry.sriov.driversAutoprobe = enabled;
      return kernelSuccess;
    }
    case 'reset': {
      const trigger = unsigned(text, 0xffffffff);
      if (trigger !== 1) return kernelError('EINVAL', 'only 1 resets the function');
      kernel.functionReset(entry);
      return kernelSuccess;
    }
    case 'driver_override':
      entry.driverOverride = text === '' ? null : text;
      return kernelSuccess;
    default:
      return noSuchFile(path);
  }
}

function writeDriver(
  kernel: SimulatedKernel,
  driver: string,
  attribute: string,
  value: string,
  path: string,
): SimulatedKernelAnswer {
  const text = value.trim();
  const entry = kernel.functions.get(text);
  const missing = kernelError('ENODEV', `there is no function ${text}`);
  switch (attribute) {
    case 'bind':
      return entry ? kernel.bind(entry, driver) : missing;
    case 'unbind':
      return entry ? kernel.unbind(entry, driver) : missing;
    case 'new_id':
    case 'remove_id': {
      const id = /^([0-9a-f]{1,4})\s+([0-9a-f]{1,4})\b/i.exec(text);
      if (!id) return kernelError('EINVAL', 'write vendor and device ID in hexadecimal');
      const key = `${id[1]?.toLowerCase().padStart(4, '0')} ${id[2]?.toLowerCase().padStart(4, '0')}`;
      // The nvme driver matches the class of every function here already.
      if (driver === 'nvme') return kernelSuccess;
      return attribute === 'new_id' ? kernel.addVfioId(key) : kernel.removeVfioId(key);
    }
    default:
      return noSuchFile(path);
  }
}

// Nobody can create a file in sysfs, not even root.
function noSuchFile(path: string): SimulatedKernelAnswer {
  return kernelError('EACCES', `there is no file ${path}`, 'open');
}

/** As `kstrtoul` reads it: decimal, 0x hexadecimal or octal; ERANGE above the limit. */
function unsigned(text: string, most: number): number | SimulatedKernelAnswer {
  const digits = /^\+?(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.exec(text)?.[1];
  if (digits === undefined) return kernelError('EINVAL', `${text} is not a number`);
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return value > most ? kernelError('ERANGE', `${text} is too large`) : value;
}

/** As `kstrtobool` reads it. */
function truth(text: string): boolean | undefined {
  if (/^(1|y|t|on)/i.test(text)) return true;
  return /^(0|n|f|of)/i.test(text) ? false : undefined;
}
