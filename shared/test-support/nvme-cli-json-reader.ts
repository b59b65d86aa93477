import { z } from 'zod';
import { blankFields, type FieldValues, type LayoutField } from '../nvme/layout.ts';
import {
  blankIdentifyController,
  type IdentifyController,
} from '../nvme/layouts/identify/identify-controller.ts';
import { identifyControllerFields } from '../nvme/layouts/identify/identify-controller-fields.ts';
import {
  blankIdentifyNamespace,
  type IdentifyNamespace,
  identifyNamespaceFields,
} from '../nvme/layouts/identify/identify-namespace.ts';
import {
  type PowerStateDescriptor,
  powerStateDescriptorFields,
} from '../nvme/layouts/identify/power-state-descriptor.ts';
import {
  type PrimaryControllerCapabilities,
  primaryControllerCapabilitiesFields,
} from '../nvme/layouts/identify/primary-controller-capabilities.ts';
import type { ControllerList } from '../nvme/layouts/lists/controller-list.ts';
import type { NamespaceList } from '../nvme/layouts/lists/namespace-list.ts';
import type { SecondaryControllerList } from '../nvme/layouts/lists/secondary-controller-list.ts';
import { fail, type Result, succeed } from '../result.ts';

/**
 * Reads what `nvme … -o json` printed, of any version: a key that a version lacks stays zero, a key of a later one is
 * ignored. What JSON does not carry (vendor bytes, reserved bytes) is zero. Errors name the key.
 */
const u16 = z.int().min(0).max(0xffff);
const u8 = z.int().min(0).max(0xff);
/** 2.3 prints 32-bit numbers as signed. */
const u32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 32 - 1)
  .transform((value) => (value < 0 ? value + 2 ** 32 : value));

const namespaceListSchema = z.object({ nsid_list: z.array(z.object({ nsid: u32 })) });
const controllerListSchema = z.object({ num_ctrl: u16, ctrl_list: z.array(z.object({ ctrl_id: u16 })) });
const secondaryListSchema = z.object({
  num: u8,
  'secondary-controllers': z.array(
    z.object({
      'secondary-controller-identifier': u16,
      'primary-controller-identifier': u16,
      'secondary-controller-state': z.int().min(0).max(1),
      'virtual-function-number': u16,
      'num-virtual-queues': u16,
      'num-virtual-interrupts': u16,
    }),
  ),
});
const powerStateSchema = z.object({
  max_power: u16,
  flags: u8.optional(),
  max_power_scale: u8.optional(),
  'non-operational_state': u8.optional(),
  entry_lat: u32,
  exit_lat: u32,
  read_tput: u8,
  read_lat: u8,
  write_tput: u8,
  write_lat: u8,
  idle_power: u16,
  idle_scale: z.int().min(0).max(3),
  active_power: u16,
  active_power_work: z.int().min(0).max(7),
  active_scale: z.int().min(0).max(3),
  emerg_power_fail_recover_time: u8.default(0),
  emerg_power_fail_recover_scale: z.int().min(0).max(15).default(0),
  force_quiesce_vault_time: u8.default(0),
  force_quiesce_vault_scale: z.int().min(0).max(15).default(0),
  emerg_power_fail_vault_time: u8.default(0),
  emerg_power_fail_vault_scale: z.int().min(0).max(15).default(0),
});
const powerStatesSchema = z.object({ psds: z.array(powerStateSchema).max(32) });
const lbaFormatsSchema = z.object({ lbafs: z.array(z.object({ ms: u16, ds: u8, rp: u8 })).max(64) });

/** Output of `nvme id-ctrl -o json`. */
export function readIdentifyControllerJson(json: unknown): Result<IdentifyController> {
  const name = 'id-ctrl JSON';
  const fields = readFields(name, json, identifyControllerFields, ['vid', 'sn', 'mn', 'cntlid', 'nn']);
  if (!fields.ok) return fields;
  const states = parse(name, powerStatesSchema, json);
  if (!states.ok) return states;
  const blank = blankIdentifyController();
  const psds = blank.psds.map((state, index) => {
    const given = states.value.psds[index];
    return given === undefined ? state : powerState(given);
  });
  return succeed({ ...fields.value, psds, reserved: [] });
}

/** Output of `nvme id-ns -o json`. */
export function readIdentifyNamespaceJson(json: unknown): Result<IdentifyNamespace> {
  const name = 'id-ns JSON';
  const fields = readFields(name, json, identifyNamespaceFields, ['nsze', 'ncap', 'nuse', 'flbas', 'nlbaf']);
  if (!fields.ok) return fields;
  const formats = parse(name, lbaFormatsSchema, json);
  if (!formats.ok) return formats;
  const lbafs = blankIdentifyNamespace().lbafs.map((format, index) => formats.value.lbafs[index] ?? format);
  return succeed({ ...fields.value, lbafs, reserved: [] });
}

/** Output of `nvme list-ns -o json`, with or without `--all`. */
export function readNamespaceListJson(json: unknown): Result<NamespaceList> {
  const list = parse('list-ns JSON', namespaceListSchema, json);
  return list.ok ? succeed({ identifiers: list.value.nsid_list.map(({ nsid }) => nsid) }) : list;
}

/** Output of `nvme list-ctrl -o json`. */
export function readControllerListJson(json: unknown): Result<ControllerList> {
  const list = parse('list-ctrl JSON', controllerListSchema, json);
  if (!list.ok) return list;
  const identifiers = list.value.ctrl_list.map((entry) => entry.ctrl_id);
  return succeed({ identifiers, reserved: [] });
}

/** Output of `nvme list-secondary -o json`. */
export function readSecondaryControllerListJson(json: unknown): Result<SecondaryControllerList> {
  const list = parse('list-secondary JSON', secondaryListSchema, json);
  if (!list.ok) return list;
  const entries = list.value['secondary-controllers'].map((entry) => ({
    scid: entry['secondary-controller-identifier'],
    pcid: entry['primary-controller-identifier'],
    scs: entry['secondary-controller-state'],
    vfn: entry['virtual-function-number'],
    nvq: entry['num-virtual-queues'],
    nvi: entry['num-virtual-interrupts'],
  }));
  return succeed({ entries, reserved: [] });
}

/** Output of `nvme primary-ctrl-caps -o json`. */
export function readPrimaryControllerCapabilitiesJson(json: unknown): Result<PrimaryControllerCapabilities> {
  const keys = primaryControllerCapabilitiesFields.map((field) => field.key);
  const fields = readFields('primary-ctrl-caps JSON', json, primaryControllerCapabilitiesFields, keys);
  return fields.ok ? succeed({ ...fields.value, reserved: [] }) : fields;
}

function powerState(given: z.infer<typeof powerStateSchema>): PowerStateDescriptor {
  const flags = (given.max_power_scale ?? 0) | ((given['non-operational_state'] ?? 0) << 1);
  return {
    ...blankFields(powerStateDescriptorFields),
    mp: given.max_power,
    flags: given.flags ?? flags,
    enlat: given.entry_lat,
    exlat: given.exit_lat,
    rrt: given.read_tput,
    rrl: given.read_lat,
    rwt: given.write_tput,
    rwl: given.write_lat,
    idlp: given.idle_power,
    ips: given.idle_scale << 6,
    actp: given.active_power,
    apws: given.active_power_work | (given.active_scale << 6),
    epfrt: given.emerg_power_fail_recover_time,
    epfrfqs: given.emerg_power_fail_recover_scale | (given.force_quiesce_vault_scale << 4),
    fqvt: given.force_quiesce_vault_time,
    epfvt: given.emerg_power_fail_vault_time,
    epfvts: given.emerg_power_fail_vault_scale,
  };
}

function readFields<const Fields extends readonly LayoutField[]>(
  name: string,
  json: unknown,
  fields: Fields,
  required: readonly string[],
): Result<FieldValues<Fields>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return fail('invalid-file', `${name} is not an object`, {
      object: name,
      fix: 'Record it with nvme-cli again',
    });
  const given = new Map<string, unknown>(Object.entries(json));
  const missing = required.filter((key) => !given.has(key));
  if (missing.length > 0)
    return fail('invalid-file', `${name} lacks ${missing.join(', ')}`, {
      object: name,
      field: missing[0] ?? '',
      fix: 'Record it with nvme-cli again',
    });
  const values: Record<string, unknown> = { ...blankFields(fields) };
  for (const field of fields) {
    if (!given.has(field.key) || field.kind === 'bytes') continue;
    const value = fieldValue(field, given.get(field.key));
    if (value === undefined)
      return fail(
        'invalid-file',
        `${name}: ${field.key} is ${JSON.stringify(given.get(field.key))}, which is not a ${field.title} of ${field.size} bytes`,
        {
          object: name,
          field: field.key,
          fix: 'Record it with nvme-cli again',
        },
      );
    values[field.key] = value;
  }
  return succeed(values as FieldValues<Fields>);
}

/** The field's value from its JSON form, or undefined when it is of the wrong type or does not fit. */
function fieldValue(field: LayoutField, given: unknown): unknown {
  const limit = 2 ** (field.size * 8);
  switch (field.kind) {
    case 'unsigned': {
      if (typeof given !== 'number' || !Number.isInteger(given)) return undefined;
      const value = given < 0 && field.size === 4 ? given + limit : given;
      return value >= 0 && value < limit ? value : undefined;
    }
    case 'big': {
      const isNumber = typeof given === 'number' && Number.isInteger(given) && given >= 0;
      if (!isNumber && !(typeof given === 'string' && /^\d{1,39}$/.test(given))) return undefined;
      const value = BigInt(given as number | string);
      return value < 1n << BigInt(field.size * 8) ? value : undefined;
    }
    case 'ascii':
      return typeof given === 'string' && given.length <= field.size && /^[\x20-\x7e]*$/.test(given)
        ? given.padEnd(field.size)
        : undefined;
    case 'nqn':
      return typeof given === 'string' ? given : undefined;
    case 'uuid':
    case 'hexadecimal':
      return typeof given === 'string' &&
        given.replaceAll('-', '').length === field.size * 2 &&
        /^[0-9a-f-]*$/i.test(given)
        ? given.toLowerCase()
        : undefined;
    default:
      return undefined;
  }
}

function parse<Output>(name: string, schema: z.ZodType<Output>, json: unknown): Result<Output> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return succeed(parsed.data);
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  return fail(
    'invalid-file',
    `${name}: ${field === '' ? 'the file' : field}: ${issue?.message ?? 'not readable'}`,
    {
      object: name,
      field,
      fix: 'Record it with nvme-cli again',
    },
  );
}
