import { isRecord } from '#shared/bounds/is-record.ts';
import type { Pieces } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import type { CommandLine, Fact, NamespaceRow, OutputFinding } from '../findings.ts';
import type { StructureName } from '../structures.ts';
import { type DiskRow, diskFacts } from './disks.ts';
import { identifiersOf, listFinding } from './index-lists.ts';
import { secondaryListWords } from './secondary-list.ts';

type Json = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : typeof value === 'string' && /^\d{1,15}$/.test(value)
      ? Number(value)
      : null;
const objectsIn = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** What a JSON of nvme-cli is, by its keys; null for any other. `text`: what it was parsed from. */
export function* readNvmeJson(
  value: unknown,
  text: string,
  command: CommandLine | null,
): Pieces<OutputFinding | null> {
  const device = command?.device ?? null;
  if (Array.isArray(value)) {
    const hosts = objectsIn(value).filter((host) => Array.isArray(host.Subsystems));
    return hosts.length > 0 ? nestedList(hosts, 'nvme list-subsys') : null;
  }
  if (!isRecord(value)) return null;
  if (Array.isArray(value.Devices)) {
    const devices = objectsIn(value.Devices);
    const isNested = devices.some((one) => Array.isArray(one.Subsystems));
    return isNested ? nestedList(devices, 'nvme list -v') : flatList(devices);
  }
  // nvme-cli 1.x has the subsystems at the top.
  if (Array.isArray(value.Subsystems)) return nestedList([value], 'nvme list-subsys');
  const found = (
    structure: StructureName,
    holds: string,
    more: Partial<Fact> = {},
    nsid: number | null = null,
  ) => jsonFinding({ device, structure, holds, nsid, value, more });
  if (Array.isArray(value['secondary-controllers'])) {
    const entries = objectsIn(value['secondary-controllers']);
    const pcid = numberOf(entries[0]?.['primary-controller-identifier']);
    return found('list-secondary', secondaryListWords(entries), pcid === null ? {} : { cntlid: pcid });
  }
  if ('vqfrt' in value || 'vifrt' in value) {
    const cntlid = numberOf(value.cntlid);
    const flexible = `${textOf(value.vqfrt) || 'unknown'} flexible queues, ${textOf(value.vifrt) || 'unknown'} flexible interrupts`;
    return found('primary-ctrl-caps', flexible, cntlid === null ? {} : { cntlid });
  }
  if ('nsze' in value && 'lbafs' in value)
    return found('id-ns', `${textOf(value.nsze)} blocks`, {}, command?.nsid ?? null);
  if ('mn' in value && 'sn' in value && 'oacs' in value) {
    const cntlid = numberOf(value.cntlid);
    const parts = [textOf(value.mn), textOf(value.sn), cntlid === null ? '' : `CNTLID ${cntlid}`];
    return found('id-ctrl', parts.filter((part) => part !== '').join(', '), {
      ...(cntlid === null ? {} : { cntlid }),
      serial: textOf(value.sn),
    });
  }
  if (Array.isArray(value.nsid_list))
    return listFinding('JSON', device, {
      ...{ isControllers: false, nsid: null, all: command?.all === true },
      identifiers: yield* identifiersOf(value.nsid_list, 'nsid'),
    });
  if (Array.isArray(value.ctrl_list))
    return listFinding('JSON', device, {
      ...{ isControllers: true, nsid: command?.nsid ?? null, all: false },
      identifiers: yield* identifiersOf(value.ctrl_list, 'ctrl_id'),
    });
  if ('cap' in value && ('cc' in value || 'vs' in value)) return registersFinding(value, text, device);
  if ('critical_warning' in value && ('avail_spare' in value || 'percent_used' in value)) {
    const kelvin = numberOf(value.temperature);
    return found('smart-log', kelvin === null ? 'health' : `temperature ${kelvin} K`);
  }
  return null;
}

function jsonFinding(of: {
  readonly device: string | null;
  readonly structure: StructureName;
  readonly holds: string;
  readonly nsid: number | null;
  readonly value: object;
  readonly more: object;
}): OutputFinding {
  const { device, structure, holds, nsid, value, more } = of;
  const fact: Fact = { kind: 'structure', structure, nsid, value, ...more };
  return { title: `nvme ${structure}`, form: 'JSON', device, holds, facts: [fact], notes: [] };
}

/** CAP has 64 bits, more than a number of JSON holds, so it is taken from the text. */
function registersFinding(value: Json, text: string, device: string | null): OutputFinding {
  const cap = /"cap"\s*:\s*"?(0x[0-9a-f]{1,16}|\d{1,20})\b/i.exec(text)?.[1];
  const exact = cap === undefined ? {} : { cap: BigInt(cap).toString() };
  const holds = cap === undefined ? 'registers' : `CAP 0x${BigInt(cap).toString(16)}`;
  return jsonFinding({
    ...{ device, structure: 'show-regs', holds, nsid: null, more: {} },
    value: { ...value, ...exact },
  });
}

/** `nvme list` up to 2.10 and from 2.13: one entry for each disk; 2.7 writes `Namespace` for `NameSpace`. */
function flatList(entries: readonly Json[]): OutputFinding {
  const rows: DiskRow[] = [];
  for (const entry of entries) {
    const disk = textOf(entry.DevicePath).replace('/dev/', '');
    const nsid = numberOf(entry.NameSpace ?? entry.Namespace) ?? numberOf(/n(\d{1,10})$/.exec(disk)?.[1]);
    if (nsid === null || !/^nvme\d{1,6}n\d/.test(disk)) continue;
    rows.push({
      ...{ disk, nsid, serial: textOf(entry.SerialNumber), model: textOf(entry.ModelNumber) },
      firmware: textOf(entry.Firmware),
      ...{ sizeBytes: numberOf(entry.PhysicalSize), blockSize: numberOf(entry.SectorSize) },
    });
  }
  const facts = diskFacts(rows);
  return {
    ...{ title: 'nvme list', form: 'JSON', device: null, facts, notes: [] },
    holds: `${countWords(rows.length, 'namespace')} of ${countWords(facts.length, 'controller')}`,
  };
}

/** `list -v` of every version, `list` of 2.11 and 2.12, and `list-subsys`: hosts with subsystems with controllers. */
function nestedList(hosts: readonly Json[], title: string): OutputFinding {
  const facts: Fact[] = [];
  let namespaceCount = 0;
  let nqn = '';
  let unnamed = false;
  for (const subsystem of hosts.flatMap((host) => objectsIn(host.Subsystems))) {
    // nvme-cli 1.x has the paths in an object of their own behind that of their subsystem.
    nqn = textOf(subsystem.SubsystemNQN ?? subsystem.NQN) || nqn;
    const name = textOf(subsystem.Subsystem ?? subsystem.Name);
    if (nqn !== '' && /^nvme-subsys\d{1,6}$/.test(name)) facts.push({ kind: 'subsystem', name, nqn });
    const shared = namespacesOf(subsystem.Namespaces);
    namespaceCount += shared.length;
    for (const controller of [...objectsIn(subsystem.Controllers), ...objectsIn(subsystem.Paths)]) {
      const device = textOf(controller.Controller ?? controller.Name);
      if (!/^nvme\d{1,6}$/.test(device)) continue;
      const own = namespacesOf(controller.Namespaces);
      namespaceCount += own.length;
      const namespaces = own.length > 0 ? own : shared;
      const attributes = { subsysnqn: nqn, ...controllerAttributes(controller) };
      facts.push({ kind: 'device', device, attributes, namespaces });
    }
    if (subsystem.Controllers !== undefined || shared.length === 0) continue;
    unnamed = true;
    const rows = shared.map((row) => ({ ...row, serial: '', model: '', firmware: '' }));
    for (const fact of diskFacts(rows))
      facts.push(fact.kind === 'device' ? { ...fact, attributes: { subsysnqn: nqn } } : fact);
  }
  const devices = facts.filter(({ kind }) => kind === 'device').length;
  const parts = [
    countWords(devices, 'controller'),
    namespaceCount === 0 ? '' : countWords(namespaceCount, 'namespace'),
  ];
  const notes =
    unnamed || devices === 0
      ? ['It names no controllers, only disks, as nvme-cli 2.15 does; nvme list-subsys -o json names them']
      : [];
  const holds = parts.filter((part) => part !== '').join(', ');
  return { title, form: 'JSON', device: null, holds, facts, notes };
}

function controllerAttributes(controller: Json): Record<string, string> {
  const details = isRecord(controller.AddressDetails) ? controller.AddressDetails : {};
  const address = textOf(controller.Address) || textOf(details.traddr);
  const attributes = {
    address: /^traddr=([0-9a-f:.]{7,20})$/i.exec(address)?.[1] ?? address,
    transport: textOf(controller.Transport),
    serial: textOf(controller.SerialNumber),
    model: textOf(controller.ModelNumber),
    firmware_rev: textOf(controller.Firmware),
    state: textOf(controller.State),
    cntlid: textOf(controller.Cntlid ?? controller.CntlId),
  };
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
}

function namespacesOf(value: unknown): NamespaceRow[] {
  return objectsIn(value).flatMap((entry) => {
    const nsid = numberOf(entry.NSID);
    const disk = textOf(entry.NameSpace ?? entry.Namespace);
    if (nsid === null || nsid === 0) return [];
    const sizes = { sizeBytes: numberOf(entry.PhysicalSize), blockSize: numberOf(entry.SectorSize) };
    return [{ nsid, disk, ...sizes }];
  });
}
