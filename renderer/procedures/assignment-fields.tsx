import { canAssign } from '#shared/fleet/rules/assignment.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { TextField } from '../ui/controls/form.tsx';
import styles from './review-sheet.module.css';

type AssignIntent = Extract<Intent, { kind: 'assign' }>;

/** The resources and the virtual controller id that an assignment will use; empty fields take the default. */
export function AssignmentFields({
  intent,
  onChange,
}: {
  readonly intent: AssignIntent;
  readonly onChange: (intent: AssignIntent) => void;
}) {
  const fleet = useFleetMirror((state) => state.fleet);
  if (fleet === null || intent.target.kind === 'pool') return null;
  const defaults = canAssign(fleet, intent.secondaryIds, intent.target);
  // Without flexible resources there is nothing to choose.
  const flexible = intent.secondaryIds.some((id) => {
    const primary = fleet.controllers[findSecondary(fleet, id)?.primaryId ?? ''];
    return primary?.role === 'primary' && (primary.vq.supported || primary.vi.supported);
  });
  // An empty or broken field leaves the choice to the planner; numbers are cut to 16 bits.
  const set = (field: 'vq' | 'vi' | 'firstVirtualControllerId', text: string) => {
    const { [field]: _dropped, ...rest } = intent;
    const number = Number.parseInt(text, 10);
    onChange(Number.isNaN(number) ? rest : { ...rest, [field]: Math.min(0xffff, Math.max(0, number)) });
  };
  const many = intent.secondaryIds.length > 1;
  const hint = (value: number | undefined) => (value === undefined ? '' : String(value));
  return (
    <div className={styles.fields}>
      {flexible ? (
        <>
          <TextField
            label={many ? 'VQ each' : 'VQ resources'}
            description="Queue pairs; one of them is the admin queue."
            inputMode="numeric"
            value={hint(intent.vq)}
            placeholder={defaults.allowed ? hint(defaults.vq) : ''}
            onChange={(text) => set('vq', text)}
          />
          <TextField
            label={many ? 'VI each' : 'VI resources'}
            description="Interrupt vectors."
            inputMode="numeric"
            value={hint(intent.vi)}
            placeholder={defaults.allowed ? hint(defaults.vi) : ''}
            onChange={(text) => set('vi', text)}
          />
        </>
      ) : null}
      {intent.target.kind === 'virtual-subsystem' ? (
        <TextField
          label={many ? 'First virtual controller id' : 'Virtual controller id'}
          description={many ? 'The others follow.' : 'What the guest reads as CNTLID.'}
          inputMode="numeric"
          value={hint(intent.firstVirtualControllerId)}
          placeholder={defaults.allowed ? hint(defaults.virtualControllerIds[0]) : ''}
          onChange={(text) => set('firstVirtualControllerId', text)}
        />
      ) : null}
    </div>
  );
}
