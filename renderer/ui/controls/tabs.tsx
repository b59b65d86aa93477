import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

/** One tab and its panel. The panel keeps no state while another one shows: it is unmounted. */
export interface TabDefinition<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

/** Tabs with their panels; only the chosen panel exists. */
export function Tabs<Value extends string>({
  label,
  value,
  onChange,
  tabs,
  aside,
  listClassName,
  panelClassName,
  className,
}: {
  /** Accessible name of the tab list. */
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly tabs: readonly TabDefinition<Value>[];
  /** Stands in the tab row, after the tabs (outside of the tab list). */
  readonly aside?: ReactNode;
  /** Of the row of the tabs: the tab list itself, or with `aside` what stands around both. */
  readonly listClassName?: string | undefined;
  readonly panelClassName?: string | undefined;
  readonly className?: string | undefined;
}) {
  const list = (
    <BaseTabs.List
      aria-label={label}
      className={aside === undefined ? `${styles.list} ${listClassName ?? ''}` : styles.list}
    >
      {tabs.map((tab) => (
        <BaseTabs.Tab key={tab.value} value={tab.value} className={styles.tab}>
          {tab.label}
        </BaseTabs.Tab>
      ))}
    </BaseTabs.List>
  );
  return (
    <BaseTabs.Root
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className={`${styles.root} ${className ?? ''}`}
    >
      {aside === undefined ? (
        list
      ) : (
        <div className={listClassName}>
          {list}
          {aside}
        </div>
      )}
      {tabs.map((tab) => (
        <BaseTabs.Panel
          key={tab.value}
          value={tab.value}
          className={`${styles.panel} ${panelClassName ?? ''}`}
        >
          {tab.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
