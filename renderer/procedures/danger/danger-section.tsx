import type { RefObject } from 'react';
import { Banner } from '../../ui/content/states.tsx';
import { Checkbox } from '../../ui/controls/form.tsx';
import type { PlanDanger } from './plan-danger.ts';

/** Says what of a plan cannot be undone; nothing where all of it can. */
export function IrreversibleBanner({ lines }: { readonly lines: readonly string[] }) {
  return lines.length === 0 ? null : <Banner tone="error" title="This cannot be undone" lines={lines} />;
}

/** What cannot be undone, and the box that a person must tick before a guest is cut off. */
export function DangerSection({
  danger: { irreversible, consent },
  agreed,
  onAgree,
  box,
}: {
  readonly danger: PlanDanger;
  readonly agreed: boolean;
  readonly onAgree: (agreed: boolean) => void;
  /** Around the check box, which takes the focus in the place of Apply. */
  readonly box: RefObject<HTMLDivElement | null>;
}) {
  return (
    <>
      <IrreversibleBanner lines={irreversible} />
      {consent === null ? null : (
        <div ref={box}>
          <Checkbox checked={agreed} onChange={onAgree}>
            {consent.words}
          </Checkbox>
        </div>
      )}
    </>
  );
}
