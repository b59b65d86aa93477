import { type Result, succeed } from '../../../result.ts';
import { checkLength } from '../../byte-view.ts';
import {
  blankFields,
  decodeFields,
  encodeFields,
  type FieldValues,
  isZero,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';
import { identifyControllerFields } from './identify-controller-fields.ts';
import {
  type PowerStateDescriptor,
  powerStateDescriptorCount,
  powerStateDescriptorFields,
  powerStateDescriptorLength,
} from './power-state-descriptor.ts';

export const identifyControllerLength = 4096;
const structure = 'Identify Controller';
const powerStatesOffset = 2048;
/** One value for all unused descriptors: controllers are decoded by the thousand and use one or two of the 32. */
const blankPowerState: PowerStateDescriptor = Object.freeze(blankFields(powerStateDescriptorFields));

/**
 * Identify Controller data structure (NVMe Base 2.1, 5.1.13, CNS 01h). The keys are the specification's mnemonics;
 * `identifyControllerFields` has their names, places and bits. Texts keep their padding.
 */
export type IdentifyController = FieldValues<typeof identifyControllerFields> & {
  /** All 32 power state descriptors, bytes 2048-3071; NPSS + 1 of them are in use. */
  readonly psds: readonly PowerStateDescriptor[];
  /** Reserved bytes that are not zero. */
  readonly reserved: readonly ReservedByte[];
};

/** Decodes exactly 4096 bytes. */
export function decodeIdentifyController(bytes: Uint8Array): Result<IdentifyController> {
  const checked = checkLength(structure, bytes, identifyControllerLength);
  if (!checked.ok) return checked;
  const fields = decodeFields(structure, identifyControllerFields, bytes);
  if (!fields.ok) return fields;
  const psds: PowerStateDescriptor[] = [];
  for (let index = 0; index < powerStateDescriptorCount; index++) {
    const base = powerStatesOffset + index * powerStateDescriptorLength;
    if (isZero(bytes, base, powerStateDescriptorLength)) {
      psds.push(blankPowerState);
      continue;
    }
    const descriptor = decodeFields(
      `${structure}, power state ${index}`,
      powerStateDescriptorFields,
      bytes,
      base,
    );
    if (!descriptor.ok) return descriptor;
    psds.push(descriptor.value);
  }
  const known = { ...fields.value, psds, reserved: [] };
  const encoded = encodeIdentifyController(known);
  return encoded.ok ? succeed({ ...known, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into 4096 bytes; missing power state descriptors stay zero. */
export function encodeIdentifyController(value: IdentifyController): Result<Uint8Array> {
  const bytes = new Uint8Array(identifyControllerLength);
  const fields = encodeFields(structure, identifyControllerFields, value, bytes);
  if (!fields.ok) return fields;
  for (const [index, descriptor] of value.psds.slice(0, powerStateDescriptorCount).entries()) {
    if (descriptor === blankPowerState) continue;
    const base = powerStatesOffset + index * powerStateDescriptorLength;
    const name = `${structure}, power state ${index}`;
    const written = encodeFields(name, powerStateDescriptorFields, descriptor, bytes, base);
    if (!written.ok) return written;
  }
  return writeReserved(structure, value.reserved, bytes);
}

/** Identify Controller with every number zero and every text blank, to start from. */
export function blankIdentifyController(): IdentifyController {
  const psds = Array.from({ length: powerStateDescriptorCount }, () =>
    blankFields(powerStateDescriptorFields),
  );
  return { ...blankFields(identifyControllerFields), psds, reserved: [] };
}
