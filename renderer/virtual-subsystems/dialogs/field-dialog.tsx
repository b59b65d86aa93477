import { useState } from 'react';
import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { exposedStructures } from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { type BaselineRow, entryOf, exposedValue } from '#shared/virtual-subsystem/baseline/baseline.ts';
import { byOffset, type ExposedCapability } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import type { ExposedField } from '#shared/virtual-subsystem/mask/exposed-field.ts';
import { isOfField } from '#shared/virtual-subsystem/mask/exposed-fields.ts';
import { PlannedDialog } from '../../procedures/planned-dialog.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox, TextField } from '../../ui/controls/form.tsx';
import { wholeNumber } from '../../ui/whole-number.ts';
import styles from '../dialog.module.css';
import type { SubsystemGroup } from '../subsystem-groups.ts';

/** One capability field with its bits in words, who supports each, and what the guests may see of it. */
export function FieldDialog({
  fleet,
  group,
  row,
  members,
  onClose,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly row: BaselineRow;
  readonly members: readonly PrimaryController[];
  readonly onClose: () => void;
}) {
  const { field, values, common } = row;
  const mask = group.instances[0]?.subsystem.exposed ?? [];
  // Of the first member: without a mask its own value shows.
  const offered = values[0] ?? 0;
  const [text, setText] = useState(String(exposedValue(field, mask, offered)));
  const value = wholeNumber(text, 2 ** (8 * field.size) - 1);
  const intent =
    value === null
      ? null
      : ({
          kind: 'set-exposed-capabilities',
          virtualSubsystemIds: group.instances.map(({ subsystem }) => subsystem.id),
          exposed: withField(mask, field, value),
        } as const);
  return (
    <PlannedDialog
      onClose={onClose}
      title={`${field.title} (${field.mnemonic})`}
      description={`${field.clause}, bytes ${field.offset}–${field.offset + field.size - 1} of ${exposedStructures[field.structure].title}. Guests do not see what is switched off here.`}
      intent={intent}
      missing={`Enter a whole number that fits into ${field.size * 8} bits.`}
      aside={<Button onClick={() => setText(String(common))}>Same as the baseline</Button>}
    >
      {field.rule === 'keep-bits' ? (
        <BitList
          fleet={fleet}
          row={row}
          members={members}
          value={value ?? 0}
          onChange={(next) => setText(String(next))}
        />
      ) : (
        <TextField label={limitTitles[field.rule]} inputMode="numeric" mono value={text} onChange={setText} />
      )}
    </PlannedDialog>
  );
}

/** The bits that any member offers, as check boxes. Those that must stay as they are say why. */
function BitList({
  fleet,
  row: { field, values },
  members,
  value,
  onChange,
}: {
  readonly fleet: Fleet;
  readonly row: BaselineRow;
  readonly members: readonly PrimaryController[];
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  // By division: bit 31 and above do not survive the operators of JavaScript.
  const isSet = (number: number, bit: number) => Math.floor(number / 2 ** bit) % 2 === 1;
  const bits = Array.from({ length: field.size * 8 }, (_, bit) => bit).filter((bit) =>
    values.some((offered) => isSet(offered, bit)),
  );
  return (
    <ul className={styles.freeList} aria-label={`Bits of ${field.mnemonic}`}>
      {bits.map((bit) => {
        const who = members.filter((_, index) => isSet(values[index] ?? 0, bit));
        const never = isSet(field.never, bit);
        const kept = isSet(field.kept, bit);
        return (
          <li key={bit}>
            <Checkbox
              checked={isSet(value, bit) && !never}
              onChange={(on) => {
                if (!never && !kept && on !== isSet(value, bit))
                  onChange(value + (on ? 2 ** bit : -(2 ** bit)));
              }}
            >
              Bit {bit}: {field.bits?.find((named) => named.bit === bit)?.title ?? 'not named'}{' '}
              <span className="mute">
                {never
                  ? 'belongs to the controlling function, never to a guest'
                  : kept
                    ? 'required by every driver'
                    : who.length === members.length
                      ? 'every member'
                      : `only ${who.map((one) => controllerFullTitle(fleet, one)).join(', ')}`}
              </span>
            </Checkbox>
          </li>
        );
      })}
      {bits.length === 0 ? <li className="mute">No member offers any of them.</li> : null}
    </ul>
  );
}

/** What the number of a field that is no bit field says. */
const limitTitles: Readonly<Record<ExposedField['rule'], string>> = {
  'keep-bits': 'Bits',
  'at-most': 'At most',
  limit: 'At most (0: no limit)',
  'at-least': 'At least',
};

/** The mask with one field's entry replaced. A limit of 0 is no limit and needs no entry. */
function withField(
  mask: readonly ExposedCapability[],
  field: ExposedField,
  value: number,
): ExposedCapability[] {
  const others = mask.filter((entry) => !isOfField(field, entry));
  if (field.rule === 'limit' && value === 0) return others;
  const allowed = field.rule === 'keep-bits' ? (value & ~field.never) >>> 0 : value;
  return [...others, entryOf(field, allowed)].sort(byOffset);
}
