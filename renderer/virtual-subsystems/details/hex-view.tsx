import { useMemo } from 'react';
import type { GuestField } from '#shared/ipc/contract.ts';
import { ScrollRegion } from '../../ui/content/scroll-region.tsx';
import { ErrorNotice } from '../../ui/content/states.tsx';
import styles from './details.module.css';
import { bytesFromBase64, collapseZeroLines, type HexRun, hexLines } from './guest-hex.ts';

/** Bytes in a line, as hexdump has them. */
const lineWidth = 16;

/** The bytes with the known fields marked; hover tells which field a byte belongs to. */
export function HexView({
  title,
  bytes,
  fields,
  comparedWith,
}: {
  /** What the bytes are: `Identify Controller`. */
  readonly title: string;
  /** Base64. */
  readonly bytes: string;
  readonly fields: readonly GuestField[];
  /** Title of the primary controller that is compared with; null for the drive itself. */
  readonly comparedWith: string | null;
}) {
  const lines = useMemo(() => {
    const decoded = bytesFromBase64(bytes);
    return decoded === null ? null : collapseZeroLines(hexLines(decoded, fields, lineWidth));
  }, [bytes, fields]);
  if (lines === null) {
    return (
      <ErrorNotice
        error={{ code: 'device-data', message: "The guest's answer is not base64.", object: 'guest:view' }}
      />
    );
  }
  return (
    <div className={styles.hexFrame}>
      <ScrollRegion className={styles.hex} label={`Bytes of ${title}`}>
        {lines.map((line, index) =>
          'gap' in line ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
            <div key={`gap-${index}`} className="mute">
              … {line.gap * lineWidth} bytes of zero
            </div>
          ) : (
            <div key={line.offset}>
              <span className="mute">{line.offset.toString(16).padStart(3, '0')} </span>
              {line.runs.map((run, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: runs never move
                <Run key={place} run={run} leaks={comparedWith !== null} />
              ))}
            </div>
          ),
        )}
      </ScrollRegion>
      <div className={styles.legend}>
        {comparedWith === null ? (
          <>
            <span className={styles.virtualWord}>■ differs from the drive's answer</span>
            <span className={styles.physicalWord}>■ same as the drive's answer</span>
          </>
        ) : (
          <>
            <span className={styles.leakWord}>■ other bytes under {comparedWith}</span>
            <span className={styles.physicalWord}>■ the same bytes there</span>
          </>
        )}
      </div>
    </div>
  );
}

/** `leaks`: other bytes under another primary give the host away, rather than being the virtual identity. */
function Run({ run, leaks }: { readonly run: HexRun; readonly leaks: boolean }) {
  if (run.field === null) return <> {run.text}</>;
  const { title, guest, offset, size } = run.field;
  return (
    <>
      {' '}
      <span
        className={run.kind !== 'virtual' ? styles.physical : leaks ? styles.leak : styles.virtual}
        title={`${title}, bytes ${offset}–${offset + size - 1}: ${guest}`}
      >
        {run.text}
      </span>
    </>
  );
}
