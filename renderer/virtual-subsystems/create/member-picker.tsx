import { countWords } from '#shared/count-words.ts';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  findPrimary,
  findSecondary,
  isUnassigned,
  secondariesOf,
} from '#shared/fleet/selectors.ts';
import { nextDraftIds } from '#shared/virtual-subsystem/life-cycle/draft.ts';
import { Checkbox, Field } from '../../ui/controls/form.tsx';
import { TextInput } from '../../ui/controls/text-input.tsx';
import styles from '../dialog.module.css';
import { SecondaryWords } from '../secondary-words.tsx';
import { type MemberForm, type NewSubsystemForm, virtualIdOf } from './new-subsystem.ts';

/** Free secondaries of the primary that become members at once, each with its virtual id. */
export function MemberPicker({
  fleet,
  form,
  onChange,
}: {
  readonly fleet: Fleet;
  readonly form: NewSubsystemForm;
  readonly onChange: (members: readonly MemberForm[]) => void;
}) {
  const primary = form.primaryId === null ? undefined : findPrimary(fleet, form.primaryId);
  const { members } = form;
  if (primary === undefined) return null;
  const wanted = members.flatMap(({ secondaryId }) => findSecondary(fleet, secondaryId) ?? []);
  const free = secondariesOf(fleet, primary).filter(isUnassigned);
  // What a draft wants stays in sight when somebody else has taken it.
  const shown = [...free, ...wanted.filter((one) => !free.includes(one))];
  // A new member gets the next id; one that comes back does not get its old one.
  const toggle = ({ id }: SecondaryController, on: boolean) => {
    const others = members.filter(({ secondaryId }) => secondaryId !== id);
    onChange(on ? [...others, { secondaryId: id, virtualId: String(nextId(form)) }] : others);
  };
  return (
    <Field
      label={`Members: ${members.length === 0 ? 'none yet' : countWords(members.length, 'controller')}`}
      description="They are configured, brought online and added in the same procedure. New virtual ids continue from the highest one."
    >
      {({ describedBy }) => (
        <ul
          className={styles.memberPicks}
          aria-label="Members of the new virtual subsystem"
          aria-describedby={describedBy}
        >
          {shown.map((secondary) => {
            const member = members.find(({ secondaryId }) => secondaryId === secondary.id);
            return (
              <li key={secondary.id}>
                <Checkbox checked={member !== undefined} onChange={(on) => toggle(secondary, on)}>
                  <SecondaryWords fleet={fleet} secondary={secondary} />
                </Checkbox>
                {member === undefined ? null : (
                  <TextInput
                    aria-label={`Virtual id of ${controllerFullTitle(fleet, secondary)}`}
                    className={styles.memberId}
                    inputMode="numeric"
                    mono
                    invalid={virtualIdOf(member.virtualId) === null}
                    value={member.virtualId}
                    onChange={(virtualId) =>
                      onChange(members.map((one) => (one === member ? { ...one, virtualId } : one)))
                    }
                  />
                )}
              </li>
            );
          })}
          {shown.length === 0 ? (
            <li className="mute">No secondary controller of this primary is free.</li>
          ) : null}
        </ul>
      )}
    </Field>
  );
}

/** The next free virtual id after those that are typed whole. */
function nextId({ members, primaryVirtualId }: NewSubsystemForm): number {
  const [next = 0] = nextDraftIds(
    {
      primaryVirtualId: virtualIdOf(primaryVirtualId) ?? 0,
      members: members.flatMap(({ secondaryId, virtualId }) => {
        const virtualControllerId = virtualIdOf(virtualId);
        return virtualControllerId === null ? [] : [{ secondaryId, virtualControllerId }];
      }),
    },
    1,
  );
  return next;
}
