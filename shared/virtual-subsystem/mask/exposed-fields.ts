import type { Controller, ControllerCapabilities } from '../../fleet/schema.ts';
import { managementBits } from '../../nvme/announcements/announcements.ts';
import { identifyControllerFields } from '../../nvme/layouts/identify/identify-controller-fields.ts';
import { type ExposedCapability, structureOf } from './exposed-capability.ts';
import type { ExposedField } from './exposed-field.ts';
import { offeredFields } from './offered-fields.ts';

type Rule = ExposedCapability['rule'];
type Row = readonly [key: keyof ControllerCapabilities | 'ver', rule: Rule, loses?: string, never?: number];

/**
 * The rules, one row a field: add a row to narrow another field. What a virtual subsystem replaces (serial number,
 * names, CNTLID) has no row, and neither has what software cannot change (VID, SSVID).
 */
const rows: readonly Row[] = [
  ['cmic', 'keep-bits'],
  ['mdts', 'limit', 'larger transfers'],
  ['ver', 'at-most', 'what later versions of the specification added'],
  ['oaes', 'keep-bits'],
  ['ctratt', 'keep-bits'],
  ['oacs', 'keep-bits', '', managementBits],
  ['acl', 'at-most', 'concurrent Abort commands'],
  ['aerl', 'at-most', 'outstanding Asynchronous Event Requests'],
  ['frmw', 'keep-bits'],
  ['lpa', 'keep-bits'],
  ['elpe', 'at-most', 'error log entries'],
  ['npss', 'at-most', 'power states'],
  ['kas', 'at-most', 'the coarser keep-alive granularity'],
  ['sqes', 'at-most', 'larger submission queue entries'],
  ['cqes', 'at-most', 'larger completion queue entries'],
  ['maxcmd', 'limit', 'more outstanding commands'],
  ['nn', 'at-most', 'more namespaces'],
  ['oncs', 'keep-bits'],
  ['fuses', 'keep-bits'],
  ['fna', 'keep-bits'],
  ['vwc', 'keep-bits'],
  ['ocfs', 'keep-bits'],
  ['sgls', 'keep-bits'],
  ['mnan', 'limit', 'more attached namespaces'],
];

const identifyFields: readonly ExposedField[] = rows.flatMap(([key, rule, loses = '', never = 0]) => {
  const layout = identifyControllerFields.find((field) => field.key === key);
  if (layout === undefined) return [];
  const { mnemonic, title, clause, offset, size } = layout;
  const bits = 'bits' in layout ? layout.bits : undefined;
  const read: ExposedField['read'] = ({ identity, capabilities }) => {
    if (identity === null || capabilities === null) return null;
    return key === 'ver' ? identity.version : capabilities[key];
  };
  return [
    {
      key,
      structure: 'identify-controller' as const,
      mnemonic,
      title,
      clause,
      offset,
      size,
      ...(bits === undefined ? {} : { bits }),
      rule,
      loses,
      never,
      kept: 0,
      read,
    },
  ];
});

/** Every field that a mask may name by its key: Identify Controller in its order, then the other structures. */
export const exposedFields: readonly ExposedField[] = [...identifyFields, ...offeredFields];

/** The field that an entry narrows; undefined when it names bytes of no field. */
export function exposedFieldOf(
  entry: Pick<ExposedCapability, 'structure' | 'offset' | 'size'>,
): ExposedField | undefined {
  return exposedFields.find((field) => isOfField(field, entry));
}

/** Whether an entry narrows exactly this field. */
export function isOfField(
  field: Pick<ExposedField, 'structure' | 'offset' | 'size'>,
  entry: Pick<ExposedCapability, 'structure' | 'offset' | 'size'>,
): boolean {
  return field.structure === structureOf(entry) && field.offset === entry.offset && field.size === entry.size;
}

/** What a controller answers for a field; null when that is not known. */
export function fieldValue(field: ExposedField, controller: Controller): number | null {
  return field.read(controller);
}
