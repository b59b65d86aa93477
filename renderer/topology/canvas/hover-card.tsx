import { useEffect, useState } from 'react';
import { gapTitle } from '#shared/fleet/gap.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import {
  cntlidWords,
  controllerFullTitle,
  findSecondary,
  secondaryStateWords,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import { lifeCycleOf } from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';
import { useRuns } from '../../fleet-mirror/runs-store.ts';
import { budgetParts } from '../budget-parts.ts';
import { useCamera } from '../scene/camera-store.ts';
import styles from '../topology.module.css';

const delayMilliseconds = 450;

/** Full names and numbers of what is under the pointer. The accessible tree says the same. */
export function HoverCard({
  fleet,
  id,
  at,
}: {
  readonly fleet: Fleet;
  readonly id: string;
  readonly at: { readonly x: number; readonly y: number };
}) {
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setShown(id), delayMilliseconds);
    return () => clearTimeout(timer);
  }, [id]);
  const { view } = useCamera.getState();
  const text = cardText(fleet, id);
  if (shown !== id || text === null) return null;
  const left = Math.min(at.x + 14, Math.max(0, view.width - 330));
  const above = at.y > view.height - 120;
  return (
    <div
      className={styles.card}
      aria-hidden
      style={above ? { left, bottom: view.height - at.y + 12 } : { left, top: at.y + 18 }}
    >
      <div className={styles.cardTitle}>{text.title}</div>
      {text.lines.map((line) => (
        <div key={line} className="mute">
          {line}
        </div>
      ))}
    </div>
  );
}

function cardText(fleet: Fleet, id: string): { title: string; lines: string[] } | null {
  const secondary = findSecondary(fleet, id);
  if (secondary !== undefined) {
    const place = [
      cntlidWords(secondary),
      secondary.pciAddress ??
        (secondary.functionKind === 'siov' ? 'provisioned function' : 'not a PCI function'),
      secondary.driver ?? 'no driver',
    ];
    return {
      title: controllerFullTitle(fleet, secondary),
      lines: [
        secondaryStateWords(fleet, id),
        place.join(' · '),
        secondary.unlisted === undefined
          ? `${secondary.nvq} VQ · ${secondary.nvi} VI`
          : `Secondary Controller List ${gapTitle(secondary.unlisted.gap)}`,
      ],
    };
  }
  const primary = fleet.controllers[id];
  if (primary?.role === 'primary' && (primary.vq.supported || primary.vi.supported))
    return {
      title: controllerFullTitle(fleet, primary),
      lines: (['vq', 'vi'] as const).map((resource) => {
        const parts = budgetParts(fleet, primary, resource).map(
          (part) =>
            `${part.count} ${part.kind === 'virtual-subsystem' ? virtualSubsystemTitle(part) : partWords[part.kind]}`,
        );
        return `${resource.toUpperCase()}: ${parts.length === 0 ? 'all free' : parts.join(', ')}`;
      }),
    };
  const virtual = fleet.virtualSubsystems[id];
  return virtual === undefined
    ? null
    : {
        title: virtual.nqn,
        lines: [
          lifeCycleOf(fleet, virtual, Object.values(useRuns.getState().runs)),
          `serial ${virtual.identity.serialNumber}`,
        ],
      };
}

const partWords = {
  private: 'private',
  primary: 'of the primary itself',
  other: 'of other secondaries',
} as const;
