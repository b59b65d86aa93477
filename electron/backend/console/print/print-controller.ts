import type { FieldBit, LayoutField } from '../../../../shared/nvme/layout.ts';
import type { IdentifyController } from '../../../../shared/nvme/layouts/identify/identify-controller.ts';
import { identifyControllerFields } from '../../../../shared/nvme/layouts/identify/identify-controller-fields.ts';
import type { PowerStateDescriptor } from '../../../../shared/nvme/layouts/identify/power-state-descriptor.ts';
import type { PrimaryControllerCapabilities } from '../../../../shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { primaryControllerCapabilitiesFields } from '../../../../shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { identifyControllerJson } from '../../../../shared/nvme/nvme-cli/nvme-cli-json.ts';
import { printfHexadecimal } from './print-lists.ts';

/** Fields of Identify Controller that nvme-cli prints in hexadecimal; the others are decimal or text. */
const hexadecimalKeys: ReadonlySet<string> = new Set(
  (
    'vid ssvid cmic cntlid ver rtd3r rtd3e oaes ctratt rrls oacs frmw lpa avscc apsta rpmbs hctma sanicap sqes cqes ' +
    'oncs fuses fna vwc ocfs sgls fcatt'
  ).split(' '),
);
/** Printed through a signed format, so that the upper half of 32 bits comes out negative. */
const signedKeys: ReadonlySet<string> = new Set(['hmpre', 'hmmin', 'nn']);

/** `nvme id-ctrl` without `-o`, as nvme-cli 2.3 prints it; `human` explains the bits, in words of ours. */
export function identifyControllerText(controller: IdentifyController, human: boolean): string {
  const values: Readonly<Record<string, unknown>> = controller;
  const lines = ['NVME Identify Controller:'];
  for (const key of Object.keys(identifyControllerJson(controller, '2.3')))
    if (key !== 'psds') {
      lines.push(`${key.padEnd(9)} : ${fieldText(key, values[key])}`);
      if (human) lines.push(...bitLines(bitsOf.get(key) ?? [], Number(values[key])));
    }
  for (const [index, state] of controller.psds.slice(0, controller.npss + 1).entries())
    lines.push(...powerStateLines(index, state));
  return `${lines.join('\n')}\n`;
}

const bitsOf = new Map(identifyControllerFields.map((field) => [field.key as string, bitNames(field)]));

function bitNames(field: LayoutField): readonly FieldBit[] {
  return [...(field.bits ?? [])].sort((left, right) => right.bit - left.bit);
}

/** As nvme-cli's `-H`: the highest bit first, `  [3:3] : 0x1<TAB>Namespace Management Supported`. */
function bitLines(bits: readonly FieldBit[], value: number): readonly string[] {
  const lines = bits.map(({ bit, title }) => {
    const isSet = Math.floor(value / 2 ** bit) % 2 === 1;
    return `  [${bit}:${bit}] : ${isSet ? '0x1' : '0'}\t${title} ${isSet ? '' : 'Not '}Supported`;
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function fieldText(key: string, value: unknown): string {
  if (key === 'ieee') return Number(value).toString(16).padStart(6, '0');
  if (typeof value === 'number' && hexadecimalKeys.has(key)) return printfHexadecimal(value);
  if (typeof value === 'number' && signedKeys.has(key)) return String(value | 0);
  return String(value).split('\0', 1)[0] ?? '';
}

function powerStateLines(index: number, state: PowerStateDescriptor): readonly string[] {
  const power = (state.flags & 1) === 1 ? watts(state.mp, 4) : watts(state.mp, 2);
  const operational = (state.flags & 2) === 2 ? 'non-operational' : 'operational';
  const workload = state.apws & 7;
  return [
    `ps   ${String(index).padStart(4)} : mp:${power} ${operational} enlat:${state.enlat | 0} exlat:${state.exlat | 0} rrt:${state.rrt} rrl:${state.rrl}`,
    `            rwt:${state.rwt} rwl:${state.rwl} idle_power:${scaledPower(state.idlp, state.ips >> 6)} active_power:${scaledPower(state.actp, state.apws >> 6)}`,
    `            active_power_workload:${workload === 0 ? '-' : workload <= 2 ? workload : 'reserved'}`,
  ];
}

/** Power with a fixed number of decimals: 2500 in 0.01 W is `25.00W`. */
function watts(value: number, decimals: number): string {
  const unit = 10 ** decimals;
  return `${Math.floor(value / unit)}.${String(value % unit).padStart(decimals, '0')}W`;
}

function scaledPower(value: number, scale: number): string {
  if (scale === 0) return '-';
  return scale === 1 ? watts(value, 4) : scale === 2 ? watts(value, 2) : 'reserved';
}

/** `nvme primary-ctrl-caps` without `-o`; `human` explains CRT. */
export function primaryCapabilitiesText(capabilities: PrimaryControllerCapabilities, human: boolean): string {
  const values: Readonly<Record<string, unknown>> = capabilities;
  const lines = ['NVME Identify Primary Controller Capabilities:'];
  for (const { key } of primaryControllerCapabilitiesFields) {
    const value = Number(values[key]);
    const isHexadecimal = key === 'cntlid' || key === 'portid' || key === 'crt';
    lines.push(`${key.padEnd(9)} : ${isHexadecimal ? printfHexadecimal(value) : value}`);
    if (key === 'crt' && human) lines.push(resourceLine(value, 1, 'VI'), resourceLine(value, 0, 'VQ'));
  }
  return `${lines.join('\n')}\n`;
}

function resourceLine(crt: number, bit: number, type: string): string {
  const value = (crt >> bit) & 1;
  return `  [${bit}:${bit}] ${printfHexadecimal(value)}\t${type} Resources are ${value === 1 ? '' : 'not '}supported`;
}
