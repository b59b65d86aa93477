import { printed, refused } from '../command-output.ts';
import type { HostProgram } from './program.ts';

/** Modules that the simulated kernel has, whose drivers are always there. */
const modules: ReadonlySet<string> = new Set([
  'iommufd',
  'irqbypass',
  'nvme',
  'nvme-core',
  'nvme-fabrics',
  'vfio',
  'vfio-iommu-type1',
  'vfio-pci',
  'vfio-pci-core',
]);

/** `modprobe [OPTIONS] MODULE [NAME=VALUE]…` */
export const modprobeProgram: HostProgram = async ({ args, files }) => {
  if (args.some((word) => word === '-r' || word === '--remove'))
    return refused(
      'modprobe: removing a module is not simulated\nUnbind the functions from its driver instead',
    );
  const isQuiet = args.some((word) => word === '-q' || word === '--quiet');
  const [name] = args.filter((word) => !word.startsWith('-'));
  if (name === undefined) return refused('modprobe: no module is named\nWrite modprobe vfio-pci');
  if (modules.has(name.replaceAll('_', '-'))) return printed('');
  const release = (await files.readFile('/proc/sys/kernel/osrelease')).trim();
  const words = `modprobe: FATAL: Module ${name} not found in directory /lib/modules/${release}`;
  return isQuiet ? { ...printed(''), exit: 1 } : refused(words);
};

/** `lsmod` */
export const lsmodProgram: HostProgram = () => {
  const lines = [...modules].map((name) => `${name.replaceAll('-', '_').padEnd(24)}16384  0\n`);
  return printed(`Module                  Size  Used by\n${lines.join('')}`);
};

/** `udevadm settle|trigger|control`: devices are there at once, so that there is nothing to wait for. */
export const udevadmProgram: HostProgram = async ({ args, beforeEffect }) => {
  const [command] = args.filter((word) => !word.startsWith('-'));
  if (command === 'settle' || command === 'trigger' || command === 'control') {
    await beforeEffect();
    return printed('');
  }
  return {
    ...refused(
      `udevadm: ${command ?? 'no command'} is not simulated\nIt knows settle, trigger and control`,
      1,
    ),
    misunderstood: true,
  };
};

/** `dmesg`: the simulated kernel keeps no log; a refusal says its reason where it happens. */
export const dmesgProgram: HostProgram = () =>
  refused(
    'dmesg: the simulated kernel keeps no log\nWhat it would say there stands below the message of the refused command',
  );
