import type { FieldPath } from '../problems.ts';
import { array, type EditRecord, type EditValue, record, text, valueAt } from './loose-value.ts';

/** The objects of a fleet file that the editor shows one by one. */
export type ObjectKind =
  | 'fleet'
  | 'host'
  | 'virtual-machine'
  | 'subsystem'
  | 'primary'
  | 'plain'
  | 'namespace';

export interface FileObject {
  readonly kind: ObjectKind;
  /** Where it stands in the file; empty for the fleet itself. */
  readonly path: FieldPath;
  /** Depth in the tree, 1 for the fleet. */
  readonly level: number;
  readonly title: string;
}

/** Every object of a file, parents before children, in the order of the file. */
export function objectsOf(file: EditValue): readonly FileObject[] {
  const { name, title, hosts, subsystems } = record(file);
  return [
    { kind: 'fleet', path: [], level: 1, title: text(title) || text(name) || 'Fleet' },
    ...array(hosts).flatMap((host, index) => hostObjects(record(host), index)),
    ...array(subsystems).flatMap((subsystem, index) => subsystemObjects(record(subsystem), index)),
  ];
}

function hostObjects(host: EditRecord, index: number): FileObject[] {
  const path = ['hosts', index] as const;
  return [
    { kind: 'host', path, level: 2, title: text(host.name) || `Host ${index + 1}` },
    ...array(host.virtualMachines).map(
      (machine, at): FileObject => ({
        kind: 'virtual-machine',
        path: [...path, 'virtualMachines', at],
        level: 3,
        title: text(record(machine).name) || `Virtual machine ${at + 1}`,
      }),
    ),
  ];
}

function subsystemObjects(subsystem: EditRecord, index: number): FileObject[] {
  const path = ['subsystems', index] as const;
  return [
    { kind: 'subsystem', path, level: 2, title: subsystemTitle(subsystem, index) },
    ...array(subsystem.controllers).map((entry, at): FileObject => {
      const controller = record(entry);
      const place = [text(controller.host), text(controller.address)].filter(Boolean).join(' ');
      return {
        kind: controller.role === 'plain' ? 'plain' : 'primary',
        path: [...path, 'controllers', at],
        level: 3,
        title: place || `Controller ${at + 1}`,
      };
    }),
    ...array(subsystem.namespaces).map(
      (namespace, at): FileObject => ({
        kind: 'namespace',
        path: [...path, 'namespaces', at],
        level: 3,
        title: `Namespace ${String(record(namespace).nsid ?? at + 1)}`,
      }),
    ),
  ];
}

/** Model and serial number of the first controller say more than an NQN. */
function subsystemTitle(subsystem: EditRecord, index: number): string {
  const identity = record(valueAt(array(subsystem.controllers)[0], ['identify', 'identity']));
  const words = [text(identity.modelNumber), text(identity.serialNumber)].filter(Boolean).join(' · ');
  return words || text(subsystem.nqn) || `NVM subsystem ${index + 1}`;
}

/** Whether two paths are the same. */
export function samePath(left: FieldPath, right: FieldPath): boolean {
  return left.length === right.length && left.every((part, index) => part === right[index]);
}
