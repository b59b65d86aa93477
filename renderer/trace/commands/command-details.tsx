import { X } from 'lucide-react';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import { statusOfValue } from '#shared/nvme/command.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { useSettings } from '../../fleet-mirror/settings-store.ts';
import { CommandBox } from '../../ui/content/command-box.tsx';
import { SectionLabel } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDuration, formatHex } from '../../ui/format.ts';
import styles from '../trace.module.css';
import { tracedNvmeCliLine } from './nvme-cli-line.ts';
import { isTraceError, statusText } from './trace-filter.ts';
import { traceTime } from './trace-time.ts';

/** Everything that is known about one admin command: words, every dword, the completion, and its command line. */
export function CommandDetails({
  entry,
  onClose,
}: {
  readonly entry: CommandTraceEntry;
  readonly onClose: () => void;
}) {
  const line = tracedNvmeCliLine(
    entry,
    useSettings((state) => state.nvmeCli),
  );
  return (
    <section className={styles.details} aria-label={`Details of command ${entry.sequence}`}>
      <div className={styles.detailsHead}>
        <div>
          <div className={styles.detailsTitle}>{entry.name}</div>
          <div className="mute">
            {entry.hostId}/{entry.controller} · {traceTime(entry)}
            {entry.simulatedTime ? ' simulated' : ''} · {formatDuration(entry.latencyMicroseconds)}
          </div>
        </div>
        <Button kind="quiet" size="small" icon aria-label="Close details" onClick={onClose}>
          <X size={14} aria-hidden />
        </Button>
      </div>
      {entry.words === '' ? null : <p className={styles.detailsWords}>{entry.words}</p>}
      <p className={isTraceError(entry) ? 'bad' : 'ok'}>{statusText(entry)}</p>
      <dl className={styles.fields}>
        <Field name="Opcode" value={suffixedHexadecimal(entry.opcode)} />
        <Field name="NSID" value={formatHex(entry.nsid, 8)} />
        {entry.dwords.map((dword, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the number of the dword
          <Field key={index} name={`CDW${index + 10}`} value={formatHex(dword, 8)} />
        ))}
        <Field name="Data" value={`${entry.dataLength.toLocaleString('en-US')} bytes`} />
        {entry.outcome.kind === 'completed' ? (
          <>
            <Field name="DW0" value={formatHex(entry.outcome.dw0, 8)} />
            <Field name="Status" value={statusFields(entry.outcome.status)} />
          </>
        ) : null}
        <Field name="Sent by" value={entry.side === 'guest' ? 'the guest' : 'the host'} />
      </dl>
      <SectionLabel>nvme-cli command</SectionLabel>
      <CommandBox lines={[line]} what="nvme-cli line" />
    </section>
  );
}

/** A status value with its fields, `0x4120 · SCT 1 · SC 0x20 · DNR`. */
function statusFields(status: number): string {
  const { sct, sc, dnr, more } = statusOfValue(status);
  const flags = [dnr ? 'DNR' : '', more ? 'More' : ''].filter(Boolean);
  return [formatHex(status), `SCT ${sct}`, `SC ${formatHex(sc, 2)}`, ...flags].join(' · ');
}

function Field({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">{value}</dd>
    </div>
  );
}
