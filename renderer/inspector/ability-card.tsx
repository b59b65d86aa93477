import { deviceAbilities, knownDeviceOf } from '#shared/fleet/device-abilities.ts';
import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import { AsWritten, SectionLabel } from '../ui/content/small.tsx';
import styles from './inspector.module.css';

const marks = { yes: '✓', no: '–', unknown: '?' } as const;
const tones = { yes: 'ok', no: 'mute', unknown: 'mute' } as const;

/** What the device can do and what not, each with the reason; all of it as discovery read it. */
export function AbilityCard({
  fleet,
  controller,
}: {
  readonly fleet: Fleet;
  readonly controller: Controller;
}) {
  return (
    <>
      <section aria-labelledby="abilities">
        <div className={styles.section}>
          <SectionLabel id="abilities">What this device can do</SectionLabel>
        </div>
        <ul className={styles.abilities}>
          {deviceAbilities(fleet, controller).map(({ key, title, verdict, reason }) => (
            <li key={key} className={styles.ability}>
              <span className={tones[verdict]} aria-hidden="true">
                {marks[verdict]}
              </span>
              <span>
                <span className={styles.abilityTitle}>
                  {title}:{' '}
                  <span className={tones[verdict]}>{verdict === 'unknown' ? 'not known' : verdict}</span>
                </span>
                <span className={styles.abilityReason}>{reason}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      {controller.role === 'secondary' ? null : <DeviceProfile controller={controller} />}
    </>
  );
}

/** What is known of devices of its kind, each with its source; nothing where nothing is known. */
function DeviceProfile({ controller }: { readonly controller: Controller }) {
  const known = knownDeviceOf(controller);
  if (known === null) return null;
  return (
    <section aria-labelledby="device-profile">
      <div className={styles.section}>
        <SectionLabel id="device-profile">
          Device profile: <AsWritten>{known.title}</AsWritten>
        </SectionLabel>
      </div>
      <ul className={styles.abilities}>
        {known.facts.map(({ says, source }) => (
          <li key={says} className={styles.ability}>
            <span className="mute" aria-hidden="true">
              ·
            </span>
            <span>
              <span className={styles.abilityTitle}>{says}</span>
              <span className={styles.abilityReason}>{source}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
