import type { Controller } from '../../fleet/schema.ts';
import type { FieldBit } from '../../nvme/layout.ts';
import type { ExposedStructure } from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import type { ExposedCapability } from './exposed-capability.ts';

/** A field that a virtual subsystem can narrow: of Identify Controller, of CAP, or of what else a member offers. */
export interface ExposedField {
  readonly key: string;
  readonly structure: ExposedStructure;
  readonly mnemonic: string;
  readonly title: string;
  readonly clause: string;
  readonly offset: number;
  readonly size: number;
  readonly bits?: readonly FieldBit[];
  readonly rule: ExposedCapability['rule'];
  /** What a guest loses by a smaller value, in words; for bit fields the bits say it. */
  readonly loses: string;
  /** Bits that no guest may ever see, whatever the hardware offers. */
  readonly never: number;
  /** Bits that no mask may hide, because every driver counts on them. */
  readonly kept: number;
  /** What a controller offers; null when that is not known. */
  readonly read: (controller: Controller) => number | null;
  /** Bits that stand for the same thing on all of these; left out: all bits do. */
  readonly comparable?: (members: readonly Controller[]) => number;
}
