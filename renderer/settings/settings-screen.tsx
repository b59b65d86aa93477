import type { ReactNode } from 'react';
import { nvmeCliGenerations } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { type Settings, settingTexts } from '#shared/settings/schema.ts';
import { useRequest } from '../bridge/use-request.ts';
import { changeSettings, useSettings } from '../fleet-mirror/settings-store.ts';
import { Card } from '../ui/content/small.tsx';
import { ErrorNotice } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { CopyButton } from '../ui/controls/copy-button.tsx';
import { Checkbox } from '../ui/controls/form.tsx';
import { type Segment, SegmentedControl } from '../ui/controls/segmented-control.tsx';
import { NumberSetting } from './number-setting.tsx';
import styles from './settings.module.css';

/** Settings with a few values, all of them visible. */
type ChoiceKey = 'theme' | 'contrast' | 'motion' | 'topologyView' | 'nvmeCli';
/** Settings that are on or off. */
type SwitchKey = 'applyAtOnce' | 'dockOpen' | 'inspectorOpen';

/** The values of each setting in the order in which they show; the settings schema has the same ones. */
const choices: { readonly [Key in ChoiceKey]: readonly Segment<Settings[Key]>[] } = {
  theme: [
    { value: 'system', label: 'System' },
    { value: 'dark', label: 'Dark' },
    { value: 'light', label: 'Light' },
  ],
  contrast: [
    { value: 'system', label: 'System' },
    { value: 'normal', label: 'Normal' },
    { value: 'more', label: 'More' },
  ],
  motion: [
    { value: 'system', label: 'System' },
    { value: 'full', label: 'Full' },
    { value: 'reduced', label: 'Reduced' },
  ],
  topologyView: [
    { value: 'graph', label: 'Graph' },
    { value: 'list', label: 'List' },
  ],
  nvmeCli: nvmeCliGenerations.map((value) => ({ value, label: value })),
};

/** Every setting with its words; a change holds at once and is remembered. */
export function SettingsScreen() {
  return (
    <section className={styles.screen} aria-labelledby="settings-title">
      <div className={styles.page}>
        <header className={styles.head}>
          <h1 id="settings-title">Settings</h1>
          <Button onClick={() => void changeSettings(defaultSettings)}>Restore defaults</Button>
        </header>
        <Card label="Appearance">
          <ChoiceRow name="theme" />
          <ChoiceRow name="contrast" />
          <ChoiceRow name="motion" />
        </Card>
        <Card label="Topology">
          <ChoiceRow name="topologyView" />
          <SwitchRow name="inspectorOpen" />
          <SwitchRow name="dockOpen" />
          <NumberSetting name="dockHeight" unit="px" />
        </Card>
        <Card label="Changes and migrations">
          <SwitchRow name="applyAtOnce" />
          <NumberSetting name="downtimeBudgetMilliseconds" unit="ms" />
          <ChoiceRow name="nvmeCli" />
          <NumberSetting name="historyLimit" unit="procedures" />
        </Card>
        <About />
      </div>
    </section>
  );
}

function ChoiceRow<Key extends ChoiceKey>({ name }: { readonly name: Key }) {
  const value = useSettings((state) => state[name]);
  const { label, description } = settingTexts[name];
  return (
    <Row label={label} description={description}>
      <SegmentedControl
        label={label}
        value={value}
        segments={choices[name] as readonly Segment<Settings[Key]>[]}
        onChange={(next) => void changeSettings({ [name]: next })}
      />
    </Row>
  );
}

function SwitchRow({ name }: { readonly name: SwitchKey }) {
  const value = useSettings((state) => state[name]);
  const { label, description } = settingTexts[name];
  return (
    <div className={styles.row}>
      <Checkbox checked={value} onChange={(next) => void changeSettings({ [name]: next })}>
        <span className={styles.label}>{label}</span>
        <span className={styles.switchText}>{description}</span>
      </Checkbox>
    </div>
  );
}

function Row({
  label,
  description,
  children,
}: {
  readonly label: string;
  readonly description: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.row}>
      <div>
        <div className={styles.label}>{label}</div>
        <div className={styles.description}>{description}</div>
      </div>
      {children}
    </div>
  );
}

/** Versions and places that a report of a defect needs; the folder can be copied. */
function About() {
  const { value, error, reload } = useRequest('app:info', {});
  return (
    <Card label="About">
      {error === null ? null : <ErrorNotice error={error} onRetry={reload} />}
      {value === null ? null : (
        <dl className={styles.about}>
          <dt>Berth</dt>
          <dd>{value.version}</dd>
          <dt>Electron</dt>
          <dd>{value.electron}</dd>
          <dt>Platform</dt>
          <dd>{value.platform}</dd>
          <dt>Data folder</dt>
          <dd>
            <code>{value.dataFolder}</code>
            <CopyButton text={value.dataFolder} what="data folder" />
          </dd>
        </dl>
      )}
    </Card>
  );
}
