import { useRef } from 'react';
import { changeSettings, useSettings } from '../fleet-mirror/settings-store.ts';
import styles from './topology.module.css';

/** Limits of the dock's height in CSS pixels; the settings have the same. */
const smallest = 80;
const largest = 800;
const keyStep = 24;

function clamp(height: number): number {
  return Math.round(Math.min(largest, Math.max(smallest, height)));
}

/** The upper edge of the dock: drag it, or use the arrow keys. */
export function DockGrip({ height }: { readonly height: number }) {
  const start = useRef<{ y: number; height: number } | null>(null);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule that is dragged is a separator widget, <hr> cannot be focused
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the dock"
      aria-valuenow={height}
      aria-valuemin={smallest}
      aria-valuemax={largest}
      tabIndex={0}
      className={styles.grip}
      onPointerDown={(event) => {
        start.current = { y: event.clientY, height };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        // While it is dragged only the page knows: saving every pixel would write the settings file as often.
        useSettings.setState({ dockHeight: clamp(start.current.height + start.current.y - event.clientY) });
      }}
      onPointerUp={() => {
        if (start.current !== null) void changeSettings({ dockHeight: useSettings.getState().dockHeight });
        start.current = null;
      }}
      onKeyDown={(event) => {
        const step = { ArrowUp: keyStep, ArrowDown: -keyStep }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        void changeSettings({ dockHeight: clamp(height + step) });
      }}
    />
  );
}
