import type { GuestField, GuestStructureName } from '#shared/ipc/contract.ts';
import { bitNames, decodeFields, type LayoutField } from '#shared/nvme/layout.ts';
import { identifyControllerFields } from '#shared/nvme/layouts/identify/identify-controller-fields.ts';
import { controllerPropertyFields } from '#shared/nvme/layouts/registers/controller-properties.ts';
import { pciConfigurationFields } from '#shared/nvme/layouts/registers/pci-configuration.ts';
import { type Result, succeed } from '#shared/result.ts';

/** Bytes of a raw field that are shown; the hex view has all of them. */
const shownBytes = 16;

/** A structure that the guest view shows. */
interface ViewedStructure {
  readonly title: string;
  readonly fields: readonly LayoutField[];
}

export const viewedStructures: Readonly<Record<GuestStructureName, ViewedStructure>> = {
  'identify-controller': { title: 'Identify Controller', fields: identifyControllerFields },
  properties: { title: 'Controller properties', fields: controllerPropertyFields },
  configuration: { title: 'PCI configuration space', fields: pciConfigurationFields },
};

/** Every field of a structure as the guest reads it beside what the controlling function answers. */
export function guestFields(
  guest: Uint8Array,
  physical: Uint8Array,
  { title: structure, fields }: ViewedStructure = viewedStructures['identify-controller'],
): Result<GuestField[]> {
  const left = decodeFields(`${structure} of the guest`, fields, guest);
  if (!left.ok) return left;
  const right = decodeFields(`${structure} of the controlling function`, fields, physical);
  if (!right.ok) return right;
  const guestValues: Readonly<Record<string, unknown>> = left.value;
  const physicalValues: Readonly<Record<string, unknown>> = right.value;
  return succeed(
    fields.map((field) => {
      const { key, title, clause, offset, size } = field;
      return {
        key,
        title,
        clause,
        offset,
        size,
        guest: valueWords(field, guestValues[key]),
        physical: valueWords(field, physicalValues[key]),
        differs: !sameBytes(guest, physical, offset, size),
      };
    }),
  );
}

export function sameBytes(left: Uint8Array, right: Uint8Array, offset: number, size: number): boolean {
  for (let index = offset; index < offset + size; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** A decoded value in words: text without padding, numbers in hexadecimal with the names of their bits. */
function valueWords(field: LayoutField, value: unknown): string {
  if (typeof value === 'string') return value.trim() === '' ? '(blank)' : value.trim();
  if (typeof value === 'bigint') return field.size === 8 ? `0x${value.toString(16)}` : value.toString();
  if (typeof value === 'number') {
    if (field.bits === undefined) return `${value} (0x${value.toString(16)})`;
    const names = bitNames(field, value);
    return `0x${value.toString(16).padStart(field.size * 2, '0')}${names.length > 0 ? `: ${names.join(', ')}` : ''}`;
  }
  if (value instanceof Uint8Array) {
    if (value.every((byte) => byte === 0)) return `${value.length} bytes, all zero`;
    const start = [...value.subarray(0, shownBytes)].map((byte) => byte.toString(16).padStart(2, '0'));
    return `${value.length} bytes: ${start.join(' ')}${value.length > shownBytes ? ' …' : ''}`;
  }
  return '';
}
