import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { proofStageWords } from '#shared/report/proof-words.ts';
import { type Column, DataTable } from '../../ui/content/data-table.tsx';
import { Card } from '../../ui/content/small.tsx';
import { CopyButton } from '../../ui/controls/copy-button.tsx';
import styles from '../migration.module.css';
import { deviceColumns, type MovedDevice } from './device-columns.tsx';
import { hostNames } from './run-words.ts';

/** One thing that was compared, as text from both sides. */
type ProofLine = MigrationFacts['proof'][number];

interface FactsProps {
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}

/** What was saved compared with the destination at each stage, line by line, and what nobody can see; what differs stands first. */
export function ProofCard({ facts, hosts }: FactsProps) {
  if (facts.proof.length === 0) return null;
  const { source, destination } = hostNames(facts, hosts);
  const held = facts.proof.filter((line) => line.equal).length;
  const rows = [...facts.proof].sort((a, b) => Number(a.equal) - Number(b.equal));
  const unproven = facts.unproven ?? [];
  const columns: readonly Column<ProofLine>[] = [
    ...(facts.proof.some(({ stage }) => stage !== undefined)
      ? [{ id: 'when', title: 'When', cell: (line: ProofLine) => proofStageWords(line.stage) }]
      : []),
    { id: 'what', title: 'Compared', cell: (line) => line.what },
    { id: 'source', title: `${source}, as saved`, mono: true, cell: (line) => line.source },
    { id: 'destination', title: destination, mono: true, cell: (line) => line.destination },
    {
      id: 'equal',
      title: 'Result',
      width: 90,
      cell: (line) =>
        line.equal ? <span className="ok">✓ equal</span> : <span className="bad">✕ differs</span>,
    },
  ];
  return (
    <Card className={styles.block} label="Proof" aside={`${held} of ${facts.proof.length} equal`}>
      <DataTable
        label="Proof"
        columns={columns}
        rows={rows}
        rowKey={(line) => `${line.stage ?? ''}|${line.what}|${line.source}`}
      />
      {facts.evidence === undefined ? null : (
        <p className={styles.seal}>
          <span className="mute">Evidence, SHA-256</span> <code>{facts.evidence.sha256}</code>{' '}
          <CopyButton text={facts.evidence.sha256} what="digest of the evidence" />
        </p>
      )}
      {unproven.length === 0 ? null : (
        <section aria-label="What the proof cannot see" className={styles.unproven}>
          <p className="mute">What this proof cannot see</p>
          <ul className={styles.plainList}>
            {unproven.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      )}
    </Card>
  );
}

/** The devices: each with its state's digest on both sides. */
export function MovedCard({ facts, hosts, label }: FactsProps & { readonly label: string }) {
  if (facts.devices.length === 0) return null;
  const columns: readonly Column<MovedDevice>[] = [
    ...deviceColumns(facts, hosts),
    { id: 'digest', title: 'SHA-256 of the state, source and destination', mono: true, cell: digestCell },
  ];
  return (
    <Card className={styles.block} label={label}>
      <DataTable label={label} columns={columns} rows={facts.devices} rowKey={(device) => device.sourceId} />
    </Card>
  );
}

/** Both empty: the state was never saved, as after an abort before the switch-over. */
function digestCell({ sourceStateSha256: source, destinationStateSha256: destination }: MovedDevice) {
  if (source === '' && destination === '') return '–';
  const equal = source === destination;
  return (
    <span className={equal ? undefined : 'bad'} title={`${source}\n${destination}`}>
      {shortDigest(source)} {equal ? '=' : '≠'} {shortDigest(destination)}
    </span>
  );
}

/** Both ends of the 64 digits: enough to compare by eye; the whole ones are in the title. */
function shortDigest(hex: string): string {
  return hex === '' ? 'unknown' : `${hex.slice(0, 8)}…${hex.slice(-8)}`;
}
