import type { Fact, NamespaceRow } from '../findings.ts';

/** One line of `nvme list`: a namespace as the block layer sees it. */
export interface DiskRow extends NamespaceRow {
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
}

/** The controllers behind the disks of a flat list: `nvme0n1` is shown by `nvme0`. */
export function diskFacts(rows: readonly DiskRow[]): Fact[] {
  const devices = new Map<string, { row: DiskRow; namespaces: NamespaceRow[] }>();
  for (const row of rows) {
    const device = /^nvme\d{1,6}/.exec(row.disk)?.[0];
    if (device === undefined) continue;
    const known = devices.get(device) ?? { row, namespaces: [] };
    const { nsid, disk, sizeBytes, blockSize } = row;
    known.namespaces.push({ nsid, disk, sizeBytes, blockSize });
    devices.set(device, known);
  }
  return [...devices].map(([device, { row, namespaces }]) => ({
    ...{ kind: 'device' as const, device, namespaces },
    attributes: { serial: row.serial, model: row.model, firmware_rev: row.firmware },
  }));
}
