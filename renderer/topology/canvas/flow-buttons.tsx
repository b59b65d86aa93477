import { useEffect, useRef } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { showRun } from '../../navigation.ts';
import type { Flow } from '../activity.ts';
import { useCamera } from '../scene/camera-store.ts';
import { flowLabel, flowPlaces } from '../scene/flow-places.ts';
import type { Scene } from '../scene/scene.ts';
import styles from '../topology.module.css';

/**
 * The labels of the arrows: rate, share and state of each migration that runs. A click shows the run. A live region says when
 * the state of one changes; percentages are not said.
 */
export function FlowButtons({
  fleet,
  scene,
  flows,
}: {
  readonly fleet: Fleet;
  readonly scene: Scene;
  readonly flows: readonly Flow[];
}) {
  const world = useRef<HTMLElement>(null);
  useEffect(() => {
    const follow = () => {
      const { x, y, zoom } = useCamera.getState().camera;
      if (world.current !== null)
        world.current.style.transform = `translate(${-x * zoom}px, ${-y * zoom}px) scale(${zoom})`;
    };
    follow();
    return useCamera.subscribe(follow);
  }, []);
  const title = ({ from, to, name }: Flow) => `${name}, ${hostTitle(fleet, from)} to ${hostTitle(fleet, to)}`;
  return (
    <>
      <section ref={world} className={styles.world} aria-label="Migrations under way">
        {flowPlaces(scene, flows).map(({ flow, label }) => (
          <button
            key={flow.runId}
            type="button"
            className={styles.flow}
            style={{
              left: label.x - flowLabel.width / 2,
              top: label.y - flowLabel.height / 2,
              width: flowLabel.width,
              height: flowLabel.height,
            }}
            aria-label={`${title(flow)}: ${flow.state}, ${flow.percent} %${flow.rate === '' ? '' : `, ${flow.rate}`}`}
            title={`${title(flow)}: show this migration`}
            // The stage around it would select what lies below.
            onPointerDown={(event) => event.stopPropagation()}
            onKeyDown={(event) => event.stopPropagation()}
            onClick={() => showRun(flow.runId, true)}
          >
            <b>{flow.state}</b>
            <span>{flow.rate === '' ? '–' : flow.rate}</span>
            <span>{flow.percent} %</span>
          </button>
        ))}
      </section>
      <div className="visually-hidden" aria-live="polite">
        {flows.map((flow) => `${title(flow)}: ${flow.state}.`).join(' ')}
      </div>
    </>
  );
}
