import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import type { Fact, NamespaceRow } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';
import { type DiskRow, diskFacts } from './disks.ts';

const size = String.raw`[\d.,]+\s*[kKMGTPE]?i?B`;
/** `/dev/nvme0n1 [/dev/ng0n1] SN Model Namespace Usage Format FW`, whatever the widths; the serial number may be missing. */
const diskRow = new RegExp(
  String.raw`^(/dev/nvme\d{1,6}n\d{1,10})\s+(?:/dev/ng\S{1,20}\s+)?(\S{0,40})\s{1,60}(\S.{0,60}?)\s+(0x[0-9a-f]{1,8}|\d{1,10})\s+${size}\s*/\s*${size}\s+([\d.]{1,6})\s*(Ki?)?B\s*\+\s*\d{1,4}\s*B\s*(\S{0,12})`,
  'i',
);
const tableRule = /^-{3,}(?:\s+-{2,})*\s*$/;
const listHeading = /^Node\s.{0,60}\bSN\s+Model\b/;

/** What `nvme list` prints. Its sizes are rounded, so only block sizes are taken from it. */
export const listOutput: OutputKind = {
  begins: (line) => listHeading.test(line.slice(0, 200)) || diskRow.test(line.slice(0, 400)),
  end: (lines, from) =>
    endOfLines(lines, from, (line) => tableRule.test(line.slice(0, 400)) || /^\/dev\/(?:nvme|ng)/.test(line)),
  *read({ lines }) {
    const pacer = new Pacer(200);
    const rows: DiskRow[] = [];
    let unread = 0;
    for (const line of lines) {
      yield* pacer.did();
      const match = diskRow.exec(line.slice(0, 400));
      if (match === null) {
        if (line.startsWith('/dev/')) unread += 1;
        continue;
      }
      const [, disk = '', serial = '', model = '', nsid = '', block = '', kibi, firmware = ''] = match;
      const blockSize = Number(block) * (kibi === undefined ? 1 : 1024);
      rows.push({
        ...{ disk: disk.slice('/dev/'.length), serial, model, firmware, nsid: Number(nsid) },
        ...{ sizeBytes: null, blockSize: Number.isInteger(blockSize) ? blockSize : null },
      });
    }
    const notes =
      unread === 0 ? [] : [`${countWords(unread, 'row')} of the table cannot be read: its columns are lost`];
    const facts = diskFacts(rows);
    return {
      ...{ title: 'nvme list', form: 'text', device: null, facts, notes },
      holds: `${countWords(rows.length, 'namespace')} of ${countWords(facts.length, 'controller')}`,
    };
  },
};

const pathRow =
  /^[\s|\\]*\+-\s*(nvme\d{1,6})\s+(\w{2,8})\s+(\S{1,300}(?:\s+(?:trsvcid|host_traddr|src_addr)=\S{1,100})*)(?:\s+([a-z]{2,20}))?/;
const subsystemRow = /^(nvme-subsys\d{1,6})\s+-\s+NQN=(\S{1,300})/;

/** What `nvme list-subsys` prints. */
export const listSubsystemsOutput: OutputKind = {
  begins: (line) => subsystemRow.test(line.slice(0, 400)),
  end: (lines, from) =>
    endOfLines(
      lines,
      from,
      (line) =>
        subsystemRow.test(line) ||
        /^\s*(?:\\|\|?\s*\+-|hostnqn=|hostid=|iopolicy=|model=|serial=|firmware=|type=)/i.test(line),
    ),
  *read({ lines }) {
    const pacer = new Pacer(200);
    const facts: Fact[] = [];
    let nqn = '';
    for (const line of lines) {
      yield* pacer.did();
      const head = line.slice(0, 600);
      const [, name, found] = subsystemRow.exec(head) ?? [];
      if (name !== undefined && found !== undefined) {
        nqn = found;
        facts.push({ kind: 'subsystem', name, nqn });
      }
      const [, device, transport = '', address = '', state] = pathRow.exec(head) ?? [];
      if (device === undefined) continue;
      const attributes = { transport, address: bare(address), subsysnqn: nqn, ...(state ? { state } : {}) };
      facts.push({ kind: 'device', device, attributes });
    }
    const devices = facts.filter(({ kind }) => kind === 'device').length;
    const subsystems = countWords(facts.length - devices, 'NVM subsystem');
    return {
      ...{ title: 'nvme list-subsys', form: 'text', device: null, facts, notes: [] },
      holds: `${countWords(devices, 'controller')} of ${subsystems}`,
    };
  },
};

/** nvme-cli 2.x writes `traddr=0000:01:00.0` for some transports; of a PCI function only the address stands in sysfs. */
function bare(address: string): string {
  return /^(?:traddr=)?([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(address)?.[1] ?? address;
}

const verboseHeadings = {
  subsystems: /^Subsystem\s+Subsystem-NQN\b/,
  controllers: /^Device\s+(?:Cntlid\s+)?SN\s+MN\b/i,
  namespaces: /^Device\s+(?:Generic\s+)?NSID\s+Usage\b/i,
} as const;
const anyVerboseHeading = (line: string) =>
  Object.values(verboseHeadings).some((heading) => heading.test(line.slice(0, 400)));

/** What `nvme list -v` prints: up to three tables with columns under their rules. */
export const verboseListOutput: OutputKind = {
  begins: anyVerboseHeading,
  end: (lines, from) =>
    endOfLines(
      lines,
      from,
      (line) =>
        (anyVerboseHeading(line) && !verboseHeadings.subsystems.test(line)) ||
        tableRule.test(line.slice(0, 800)) ||
        /^(?:nvme|\/dev\/nvme)\S*\s/.test(line),
    ),
  *read({ lines }) {
    const facts: Fact[] = [];
    const namespaces = new Map<string, NamespaceRow[]>();
    let rows = 0;
    for (const row of yield* tableRows(lines)) {
      rows += 1;
      const { Subsystem: subsystem = '', Device: device = '', SN, Address, NSID } = row;
      if (row['Subsystem-NQN'] !== undefined)
        facts.push({ kind: 'subsystem', name: subsystem, nqn: row['Subsystem-NQN'] });
      else if (SN !== undefined && /^nvme\d+$/.test(device))
        facts.push({ kind: 'device', device, attributes: deviceAttributes(row, SN, Address, facts) });
      else if (NSID !== undefined) listNamespace(row, NSID, namespaces);
    }
    const withNamespaces = facts.map((fact) =>
      fact.kind === 'device' ? { ...fact, namespaces: namespaces.get(fact.device ?? '') ?? [] } : fact,
    );
    const devices = facts.filter(({ kind }) => kind === 'device').length;
    return {
      ...{ title: 'nvme list -v', form: 'text', device: null, facts: withNamespaces, notes: [] },
      holds: `${countWords(devices, 'controller')}, ${countWords(rows, 'row')}`,
    };
  },
};

type Row = Readonly<Record<string, string | undefined>>;

function deviceAttributes(row: Row, serial: string, address: string | undefined, facts: readonly Fact[]) {
  const subsystem = facts.find((fact) => fact.kind === 'subsystem' && fact.name === row.Subsystem);
  const { MN: model = '', FR: firmware_rev = '', TxPort: transport = '' } = row;
  const cntlid = row.Cntlid ?? row.CNTLID;
  return {
    ...{ serial, model, firmware_rev, transport },
    ...(address === undefined ? {} : { address: bare(address) }),
    ...(cntlid === undefined || !/^\d{1,5}$/.test(cntlid) ? {} : { cntlid }),
    ...(subsystem?.kind === 'subsystem' ? { subsysnqn: subsystem.nqn } : {}),
  };
}

function listNamespace(row: Row, nsid: string, namespaces: Map<string, NamespaceRow[]>): void {
  const disk = (row.Device ?? '').replace('/dev/', '');
  const [, block, kibi] = /^\s*([\d.]{1,6})\s*(Ki?)?B/.exec(row.Format ?? '') ?? [];
  for (const device of (row.Controllers ?? '').split(/[\s,]+/).filter((name) => /^nvme\d{1,6}$/.test(name)))
    namespaces.set(device, [
      ...(namespaces.get(device) ?? []),
      {
        ...{ nsid: Number(nsid), disk, sizeBytes: null },
        blockSize: block === undefined ? null : Number(block) * (kibi === undefined ? 1 : 1024),
      },
    ]);
}

/** Rows of tables under a line of hyphens that shows where the columns are. */
function* tableRows(lines: readonly string[]): Pieces<Row[]> {
  const pacer = new Pacer(200);
  const rows: Row[] = [];
  let heading = '';
  let columns: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  for (const line of lines) {
    yield* pacer.did();
    const head = line.slice(0, 1000);
    if (tableRule.test(head)) {
      const rules = [...head.matchAll(/-+/g)];
      columns = rules.map(({ index, 0: rule }, at) => ({
        name: heading.slice(index, rules[at + 1]?.index ?? heading.length).trim(),
        from: index,
        to: at === rules.length - 1 ? head.length + 1000 : index + rule.length,
      }));
    } else if (anyVerboseHeading(head)) {
      heading = head;
      columns = [];
    } else if (head !== '') {
      const cells = columns.map(({ name, from, to }) => [name, head.slice(from, to).trim()]);
      if (cells.length > 0) rows.push(Object.fromEntries(cells));
    }
  }
  return rows;
}
