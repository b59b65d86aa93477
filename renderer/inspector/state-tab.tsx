import { gapWords } from '#shared/fleet/gap.ts';
import type { Controller } from '#shared/fleet/schema.ts';
import { cntlidWords } from '#shared/fleet/selectors.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import { formatHex } from '../ui/format.ts';
import { Facts } from './facts.tsx';
import styles from './inspector.module.css';
import { VfioStrip } from './vfio-strip.tsx';

/** Registers and state as they were read, raw. */
export function StateTab({ controller }: { readonly controller: Controller }) {
  const { capabilities } = controller;
  return (
    <>
      {controller.role === 'secondary' ? (
        <Facts
          label="Secondary Controller Entry"
          rows={[
            { name: 'SCID', value: cntlidWords(controller), mono: true },
            { name: 'VFN', value: controller.vfn, mono: true },
            ...(controller.unlisted === undefined
              ? [
                  { name: 'SCS', value: controller.online ? '1 (online)' : '0 (offline)', mono: true },
                  { name: 'NVQ', value: controller.nvq, mono: true },
                  { name: 'NVI', value: controller.nvi, mono: true },
                ]
              : [{ name: 'Entry', value: gapWords(controller.unlisted.gap) }]),
          ]}
        />
      ) : null}
      {controller.role === 'secondary' && controller.vfioState !== null ? (
        <>
          <div className={styles.section}>
            <SectionLabel>VFIO migration state</SectionLabel>
          </div>
          <VfioStrip state={controller.vfioState} />
        </>
      ) : null}
      {controller.role === 'primary' && controller.stateFormats !== null ? (
        <Facts
          label="Supported Controller State Formats"
          rows={[
            {
              name: 'NVMe versions',
              value: controller.stateFormats.versions.join(', ') || 'none',
              mono: true,
            },
            { name: 'Vendor UUIDs', value: controller.stateFormats.uuids.join(' ') || 'none', mono: true },
          ]}
        />
      ) : null}
      <div className={styles.section}>
        <SectionLabel>Identify Controller</SectionLabel>
      </div>
      {capabilities === null ? (
        <p className="mute">Not read: the controller does not answer Identify on this host now.</p>
      ) : (
        <Facts
          label="Identify Controller"
          rows={Object.entries(capabilities).map(([key, value]) => ({
            name: key.toUpperCase(),
            value: formatHex(value, value > 0xffff ? 8 : value > 0xff ? 4 : 2),
            mono: true,
          }))}
        />
      )}
    </>
  );
}
