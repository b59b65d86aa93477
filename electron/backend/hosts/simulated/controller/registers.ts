import {
  controllerPropertiesLength,
  controllerPropertyFields,
} from '#shared/nvme/layouts/registers/controller-properties.ts';
import type { SimulatedController } from '../state/controller.ts';
import { shownCap } from './exposed-answers.ts';
import { shownTemplate } from './shown-identity.ts';

const versionOffset = 80;
/** Registers that the simulated drive has not: no memory buffer, no persistent memory, no boot partitions. */
const absent =
  'cmbloc cmbsz bpinfo bprsel bpmbl cmbmsc cmbsts pmrcap pmrctl pmrsts pmrebs pmrswtp pmrmscl pmrmscu'.split(
    ' ',
  );

/**
 * Controller properties (NVMe Base 2.1, 3.1.4) by the names that nvme-cli prints. An offline secondary reads CSTS 2 and
 * zero everywhere else. A member of a virtual subsystem shows CAP and VS narrowed, as its Identify Controller.
 */
export function controllerRegisters(controller: SimulatedController): Readonly<Record<string, bigint>> {
  const { isOffline } = controller;
  const identify = shownTemplate(controller);
  const view = new DataView(identify.buffer, identify.byteOffset);
  const { cc, intms, aqa, asq, acq } = controller.live.properties;
  const value = (register: bigint | number) => (isOffline ? 0n : BigInt(register));
  return {
    cap: value(shownCap(controller)),
    vs: value(view.getUint32(versionOffset, true)),
    intms: value(intms),
    intmc: value(intms),
    cc: value(cc),
    csts: BigInt(controller.csts),
    nssr: 0n,
    crto: 0n,
    aqa: value(aqa),
    asq: value(asq),
    acq: value(acq),
    ...Object.fromEntries(absent.map((name) => [name, 0n])),
  };
}

/** The same as the 4,096 bytes at the start of BAR0. */
export function propertyBytes(controller: SimulatedController): Uint8Array {
  const bytes = new Uint8Array(controllerPropertiesLength);
  const view = new DataView(bytes.buffer);
  const registers = controllerRegisters(controller);
  for (const { key, offset, size } of controllerPropertyFields) {
    const value = registers[key] ?? 0n;
    if (size === 8) view.setBigUint64(offset, value, true);
    else view.setUint32(offset, Number(value), true);
  }
  return bytes;
}
