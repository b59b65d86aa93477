import type { FieldValues, LayoutField } from '../layout.ts';
import type { IdentifyController } from '../layouts/identify/identify-controller.ts';
import { identifyControllerFields } from '../layouts/identify/identify-controller-fields.ts';
import { type IdentifyNamespace, identifyNamespaceFields } from '../layouts/identify/identify-namespace.ts';
import type { PowerStateDescriptor } from '../layouts/identify/power-state-descriptor.ts';
import {
  type PrimaryControllerCapabilities,
  primaryControllerCapabilitiesFields,
} from '../layouts/identify/primary-controller-capabilities.ts';
import type { ControllerList } from '../layouts/lists/controller-list.ts';
import type { NamespaceList } from '../layouts/lists/namespace-list.ts';
import type { SecondaryControllerList } from '../layouts/lists/secondary-controller-list.ts';
import type { NvmeCliJson, NvmeCliObject, NvmeCliVersion } from './nvme-cli-text.ts';

/** Keys of Identify Controller that 2.3 does not know; the others no version up to 2.13 prints. */
const controllerKeysSince213: ReadonlySet<string> = new Set(
  (
    'bpcap nssl plsi crcap kpioc mptfawr tmpthha cqt oaqd rhiri hirt ' +
    'cmmrtd nmmrtd minmrtg maxmrtg trattr mcudmq mnsudmq mcmr nmcmr mcdqpc'
  ).split(' '),
);
const controllerKeysNever: ReadonlySet<string> = new Set(
  'ciu cirn cdpa mup ipmsr msmt dctype ccrl vs'.split(' '),
);

/** `nvme id-ctrl -o json`. SUBNQN is left out when empty, and only NPSS + 1 power states are listed. */
export function identifyControllerJson(
  controller: IdentifyController,
  version: NvmeCliVersion,
): NvmeCliObject {
  const values: Readonly<Record<string, unknown>> = controller;
  const json: Record<string, NvmeCliJson> = {};
  for (const field of identifyControllerFields) {
    const { key } = field;
    if (controllerKeysNever.has(key) || (version === '2.3' && controllerKeysSince213.has(key))) continue;
    if (key === 'subnqn' && controller.subnqn === '') continue;
    json[key] = fieldJson(field, values[key], version);
  }
  json.psds = controller.psds.slice(0, controller.npss + 1).map((state) => powerStateJson(state, version));
  return json;
}

/** 2.3 prints NSATTR and NVMSETID early. */
const namespaceOrder =
  'nsze ncap nuse nsfeat nlbaf flbas mc dpc dps nmic rescap fpi dlfeat nawun nawupf nacwu nabsn nabo nabspf noiob ' +
  'nvmcap nsattr nvmsetid npwg npwa npdg npda nows mssrl mcl msrc nulbaf anagrpid endgid eui64 nguid';
const namespaceOrderSince213 =
  'nsze ncap nuse nsfeat nlbaf flbas mc dpc dps nmic rescap fpi dlfeat nawun nawupf nacwu nabsn nabo nabspf noiob ' +
  'nvmcap npwg npwa npdg npda nows mssrl mcl msrc kpios nulbaf kpiodaag anagrpid nsattr nvmsetid endgid nguid eui64';
const optimalWriteKeys: ReadonlySet<string> = new Set('npwg npwa npdg npda nows'.split(' '));
const optimalPerformanceBit = 0x10;

/** `nvme id-ns -o json`. The preferred write fields are there when NSFEAT says so. */
export function identifyNamespaceJson(
  namespace: IdentifyNamespace,
  version: NvmeCliVersion = '2.3',
): NvmeCliObject {
  const values: Readonly<Record<string, unknown>> = namespace;
  const fields = new Map<string, LayoutField>(identifyNamespaceFields.map((field) => [field.key, field]));
  const json: Record<string, NvmeCliJson> = {};
  for (const key of (version === '2.3' ? namespaceOrder : namespaceOrderSince213).split(' ')) {
    const field = fields.get(key);
    if (field === undefined) continue;
    if (optimalWriteKeys.has(key) && (namespace.nsfeat & optimalPerformanceBit) === 0) continue;
    json[key] = fieldJson(field, values[key], version);
  }
  json.lbafs = namespace.lbafs.slice(0, namespace.nlbaf + 1).map(({ ms, ds, rp }) => ({ ms, ds, rp }));
  if (version !== '2.3') json.vs = vendorRows(namespace.vs);
  return json;
}

/** 2.13 prints vendor specific bytes up to the first zero as rows of 16 characters. */
function vendorRows(bytes: Uint8Array): readonly string[] {
  const end = bytes.indexOf(0);
  const text = [...bytes.subarray(0, end === -1 ? bytes.length : end)]
    .map((byte) => (byte >= 0x21 && byte <= 0x7e ? String.fromCharCode(byte) : '.'))
    .join('');
  return text.match(/.{1,16}/g) ?? [];
}

/** `nvme list-ns -o json`, active or allocated. */
export function namespaceListJson(list: NamespaceList): NvmeCliObject {
  return { nsid_list: list.identifiers.map((nsid) => ({ nsid })) };
}

/** `nvme list-ctrl -o json`. */
export function controllerListJson(list: ControllerList): NvmeCliObject {
  return {
    num_ctrl: list.identifiers.length,
    ctrl_list: list.identifiers.map((identifier) => ({ ctrl_id: identifier })),
  };
}

/** `nvme list-secondary -o json`; `limit` is the option `--num-entries`. */
export function secondaryControllerListJson(list: SecondaryControllerList, limit = 127): NvmeCliObject {
  const entries = list.entries.slice(0, limit);
  return {
    num: entries.length,
    'secondary-controllers': entries.map((entry) => ({
      'secondary-controller-identifier': entry.scid,
      'primary-controller-identifier': entry.pcid,
      'secondary-controller-state': entry.scs,
      'virtual-function-number': entry.vfn,
      'num-virtual-queues': entry.nvq,
      'num-virtual-interrupts': entry.nvi,
    })),
  };
}

/** `nvme primary-ctrl-caps -o json`. */
export function primaryControllerCapabilitiesJson(
  capabilities: PrimaryControllerCapabilities,
  version: NvmeCliVersion,
): NvmeCliObject {
  const values: FieldValues<typeof primaryControllerCapabilitiesFields> = capabilities;
  return Object.fromEntries(
    primaryControllerCapabilitiesFields.map((field) => [
      field.key,
      fieldJson(field, values[field.key], version),
    ]),
  );
}

function powerStateJson(state: PowerStateDescriptor, version: NvmeCliVersion): NvmeCliObject {
  const start: NvmeCliObject =
    version === '2.3'
      ? { max_power: state.mp, flags: state.flags }
      : {
          max_power: state.mp,
          max_power_scale: state.flags & 1,
          'non-operational_state': (state.flags >> 1) & 1,
        };
  const common: NvmeCliObject = {
    ...start,
    entry_lat: signed(state.enlat, version),
    exit_lat: signed(state.exlat, version),
    read_tput: state.rrt,
    read_lat: state.rrl,
    write_tput: state.rwt,
    write_lat: state.rwl,
    idle_power: state.idlp,
    idle_scale: state.ips >> 6,
    active_power: state.actp,
    active_power_work: state.apws & 7,
    active_scale: state.apws >> 6,
  };
  if (version === '2.3') return common;
  return {
    ...common,
    emerg_power_fail_recover_time: state.epfrt,
    emerg_power_fail_recover_scale: state.epfrfqs & 15,
    force_quiesce_vault_time: state.fqvt,
    force_quiesce_vault_scale: state.epfrfqs >> 4,
    emerg_power_fail_vault_time: state.epfvt,
    emerg_power_fail_vault_scale: state.epfvts & 15,
  };
}

function fieldJson(field: LayoutField, value: unknown, version: NvmeCliVersion): NvmeCliJson {
  if (typeof value === 'bigint') return field.size > 8 && version === '2.3' ? String(value) : value;
  // C prints text up to the first NUL.
  if (typeof value === 'string') return value.split('\0', 1)[0] ?? '';
  return typeof value === 'number' ? (field.size === 4 ? signed(value, version) : value) : null;
}

/** nvme-cli 2.3 puts 32-bit numbers through a signed integer, so the upper half comes out negative. */
function signed(value: number, version: NvmeCliVersion): number {
  return version === '2.3' ? value | 0 : value;
}
