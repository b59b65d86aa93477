import type { NvmeCliObject, NvmeCliVersion } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { ListedController, ListedNamespace, ListedSubsystem } from '../commands/listed-host.ts';
import { printfHexadecimal } from './print-lists.ts';

/** The host as it introduces itself to controllers: `/etc/nvme/hostnqn` and `hostid`. */
export interface ListingHost {
  readonly nqn: string;
  readonly id: string;
}

/** 2.3 takes what a folder holds in the order in which the kernel has it, the youngest first; later ones sort. */
function ordered<T>(items: readonly T[], version: NvmeCliVersion): readonly T[] {
  return version === '2.3' ? [...items].reverse() : items;
}

function sizes({ used, blocks, blockSize }: ListedNamespace): NvmeCliObject {
  return {
    UsedBytes: used * blockSize,
    MaximumLBA: blocks,
    PhysicalSize: blocks * blockSize,
    SectorSize: blockSize,
  };
}

function generic({ name }: ListedNamespace): string {
  return name.replace('nvme', 'ng');
}

/** `nvme list -o json` */
export function listJson(subsystems: readonly ListedSubsystem[], version: NvmeCliVersion): NvmeCliObject {
  const devices = ordered(subsystems, version).flatMap(({ namespaces, controllers }) =>
    ordered(namespaces, version).map((namespace) => {
      const { serial = '', model = '', firmware = '' } = controllerOf(namespace, controllers) ?? {};
      return {
        NameSpace: namespace.nsid,
        DevicePath: `/dev/${namespace.name}`,
        ...(version === '2.3' ? {} : { GenericPath: `/dev/${generic(namespace)}` }),
        Firmware: firmware,
        ModelNumber: model,
        SerialNumber: serial,
        ...sizes(namespace),
      };
    }),
  );
  return { Devices: devices };
}

function controllerOf(
  namespace: ListedNamespace,
  controllers: readonly ListedController[],
): ListedController | undefined {
  return controllers.find(({ name }) => namespace.controllers.includes(name));
}

/** `nvme list -v -o json` */
export function verboseListJson(
  subsystems: readonly ListedSubsystem[],
  version: NvmeCliVersion,
  host: ListingHost,
): NvmeCliObject {
  const namespaceOf = (namespace: ListedNamespace): NvmeCliObject => ({
    NameSpace: namespace.name,
    ...(version === '2.3' ? {} : { Generic: generic(namespace) }),
    NSID: namespace.nsid,
    ...sizes(namespace),
  });
  const controllerOfSubsystem = (
    { namespaces, multipath }: ListedSubsystem,
    controller: ListedController,
  ): NvmeCliObject => {
    const { name } = controller;
    const own = ordered(namespaces, version).filter(({ controllers }) => controllers.includes(name));
    return {
      Controller: name,
      ...(version === '2.3' ? {} : { Cntlid: controller.cntlid }),
      SerialNumber: controller.serial,
      ModelNumber: controller.model,
      Firmware: controller.firmware,
      Transport: controller.transport,
      Address: controller.address,
      ...(version === '2.3' ? {} : { Slot: '0' }),
      Namespaces: multipath ? [] : own.map(namespaceOf),
      Paths: multipath
        ? own.map((namespace) => ({
            Path: namespace.name.replace(/n(\d+)$/, `c${name.slice('nvme'.length)}n$1`),
            ANAState: 'optimized',
          }))
        : [],
    };
  };
  const listed = ordered(subsystems, version).map((subsystem) => ({
    Subsystem: subsystem.name,
    SubsystemNQN: subsystem.nqn,
    Controllers: ordered(subsystem.controllers, version).map((controller) =>
      controllerOfSubsystem(subsystem, controller),
    ),
    Namespaces: subsystem.multipath ? ordered(subsystem.namespaces, version).map(namespaceOf) : [],
  }));
  return { Devices: [{ HostNQN: host.nqn, HostID: host.id, Subsystems: listed }] };
}

/** `nvme list-subsys -o json` */
export function subsystemsJson(
  subsystems: readonly ListedSubsystem[],
  version: NvmeCliVersion,
  host: ListingHost,
): readonly NvmeCliObject[] {
  const listed = ordered(subsystems, version).map(({ name, nqn, controllers }) => ({
    Name: name,
    NQN: nqn,
    Paths: controllers.map((each) => ({
      Name: each.name,
      Transport: each.transport,
      Address: each.address,
      State: each.state,
    })),
  }));
  return [{ HostNQN: host.nqn, HostID: host.id, Subsystems: listed }];
}

/** `nvme list-subsys` */
export function subsystemsText(
  subsystems: readonly ListedSubsystem[],
  version: NvmeCliVersion,
  host: ListingHost,
): string {
  return ordered(subsystems, version)
    .map(({ name, nqn, controllers, multipath }) => {
      const hostLine = version === '2.3' ? '' : `               hostnqn=${host.nqn}\n`;
      const paths = controllers.map(
        (each) => ` +- ${each.name} ${each.transport} ${each.address} ${each.state}${multipath ? ' ' : ''}\n`,
      );
      return `${name} - NQN=${nqn}\n${hostLine}\\\n${paths.join('')}`;
    })
    .join('');
}

const columns = [21, 21, 20, 40] as const;

/** `nvme list` */
export function listText(subsystems: readonly ListedSubsystem[], version: NvmeCliVersion): string {
  const last = version === '2.3' ? 9 : 10;
  const widths = [...columns, last, 26, 16, 8];
  const titles = ['Node', 'Generic', 'SN', 'Model', 'Namespace', 'Usage', 'Format', 'FW Rev'];
  const rows = ordered(subsystems, version).flatMap(({ namespaces, controllers }) =>
    ordered(namespaces, version).map((namespace) => {
      const { serial = '', model = '', firmware = '' } = controllerOf(namespace, controllers) ?? {};
      const nsid = version === '2.3' ? String(namespace.nsid) : printfHexadecimal(namespace.nsid);
      const paths = [`/dev/${namespace.name}`, `/dev/${generic(namespace)}`];
      return [...paths, serial, model, nsid, usage(namespace), formatText(namespace), firmware];
    }),
  );
  return table(widths, titles, rows);
}

/** `nvme list -v`: subsystems, controllers, namespaces. */
export function verboseListText(subsystems: readonly ListedSubsystem[], version: NvmeCliVersion): string {
  const all = ordered(subsystems, version);
  const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name).join(', ');
  const slot = version !== '2.3';
  return [
    table(
      [16, 96, 16],
      ['Subsystem', 'Subsystem-NQN', 'Controllers'],
      all.map(({ name, nqn, controllers }) => [name, nqn, names(controllers)]),
    ),
    table(
      slot ? [8, 20, 40, 8, 6, 14, 6, 12, 16] : [8, 20, 40, 8, 6, 14, 12, 16],
      [
        ...['Device', 'SN', 'MN', 'FR', 'TxPort', 'Address'],
        ...(slot ? ['Slot'] : []),
        ...['Subsystem', 'Namespaces'],
      ],
      all.flatMap(({ name, controllers, namespaces }) =>
        controllers.map((each) => [
          ...[each.name, each.serial, each.model, each.firmware, each.transport, each.address],
          ...(slot ? ['0'] : []),
          name,
          names(namespaces.filter((namespace) => namespace.controllers.includes(each.name))),
        ]),
      ),
    ),
    table(
      [12, 12, 10, 26, 16, 16],
      ['Device', 'Generic', 'NSID', 'Usage', 'Format', 'Controllers'],
      all.flatMap(({ namespaces }) =>
        namespaces.map((namespace) => [
          ...[namespace.name, generic(namespace), printfHexadecimal(namespace.nsid)],
          ...[usage(namespace), formatText(namespace), namespace.controllers.join(', ')],
        ]),
      ),
    ),
  ].join('\n');
}

/** Rows below their titles and a line of dashes. */
function table(
  widths: readonly number[],
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [titles, widths.map((width) => '-'.repeat(width)), ...rows]
    .map((row) => `${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ')}\n`)
    .join('');
}

const decimalUnits = ['', 'K', 'M', 'G', 'T', 'P', 'E'] as const;

/** `256.06  GB / 256.06  GB` */
function usage({ used, blocks, blockSize }: ListedNamespace): string {
  const one = (bytes: number) => {
    let unit = 0;
    while (unit < decimalUnits.length - 1 && bytes >= 1000 ** (unit + 1)) unit += 1;
    return `${(bytes / 1000 ** unit).toFixed(2).padStart(6)} ${(decimalUnits[unit] ?? '').padStart(2)}B`;
  };
  return `${one(used * blockSize)} / ${one(blocks * blockSize)}`;
}

/** `  4 KiB +  0 B` */
function formatText({ blockSize, metadata }: ListedNamespace): string {
  const binary = blockSize >= 1024;
  const size = String(binary ? blockSize / 1024 : blockSize).padStart(3);
  return `${size} ${binary ? 'Ki' : '  '}B + ${String(metadata).padStart(2)} B`;
}
