import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, hexadecimalId } from '#shared/fleet/selectors.ts';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import { adminOpcodes, opcodeName } from '#shared/nvme/commands/table.ts';
import { statusCodes } from '#shared/nvme/status.ts';
import { unreachable } from '#shared/result.ts';
import type { CommandFault, FaultEffect } from '#shared/simulation/faults.ts';

/** What the form of a command fault holds: texts as they are typed. */
export interface FaultForm {
  readonly subsystemId: string;
  /** A controller id, or empty for any. */
  readonly controllerId: string;
  /** A number as text, `any` or `other`. */
  readonly opcode: string;
  /** Hexadecimal digits, where the opcode is `other`. */
  readonly otherOpcode: string;
  /** Which matching command fails first, counted from 1 from now on. */
  readonly occurrence: string;
  /** How many in a row fail, from 1. */
  readonly count: string;
  readonly effect: FaultEffect['kind'];
  /** SCT << 8 | SC as text, or `other`. */
  readonly status: string;
  readonly sct: string;
  readonly sc: string;
  readonly doNotRetry: boolean;
  /** Of simulated time, 1 to 86,400,000. */
  readonly milliseconds: string;
  /** Length of the data that arrives, 0 to 1 MiB. */
  readonly bytes: string;
}

/** What is wrong with which field, and what to do about it. */
export type FaultFormErrors = Partial<Record<keyof FaultForm, string>>;

type Given = Omit<CommandFault, 'cntlid'>;

/** The fault that the form describes, or what is wrong with it. */
export function readFaultForm(
  form: FaultForm,
): { readonly fault: Given } | { readonly errors: FaultFormErrors } {
  const errors: { -readonly [Key in keyof FaultForm]?: string } = {};
  // A number within its limits; otherwise notes what is wrong with the field and goes on, so that all errors show at
  // once.
  const number = (field: keyof FaultForm, base: 10 | 16, smallest: number, largest: number, what: string) => {
    const text = String(form[field])
      .trim()
      .replace(base === 16 ? /^0x/i : '', '')
      .replace(base === 16 ? /h$/i : '', '');
    const digits = base === 16 ? /^[0-9a-f]+$/i : /^\d+$/;
    const value = digits.test(text) ? Number.parseInt(text, base) : Number.NaN;
    if (value >= smallest && value <= largest) return value;
    errors[field] = `${what} from ${smallest.toString(base)} to ${largest.toString(base)}.`;
    return smallest;
  };
  const opcode =
    form.opcode === 'any'
      ? null
      : form.opcode === 'other'
        ? number('otherOpcode', 16, 0, 0xff, 'Enter hexadecimal digits')
        : Number(form.opcode);
  const occurrence = number('occurrence', 10, 1, 0xffff_ffff, 'Enter a whole number');
  const count = number('count', 10, 1, 0xffff_ffff, 'Enter a whole number');
  const effectOf = (): FaultEffect => {
    switch (form.effect) {
      case 'status': {
        const value =
          form.status === 'other'
            ? (number('sct', 16, 0, 7, 'Enter a hexadecimal digit') << 8) |
              number('sc', 16, 0, 0xff, 'Enter hexadecimal digits')
            : Number(form.status);
        if (value === 0) errors.sc ??= 'SCT 0 with SC 0 is success: choose another code.';
        return { kind: 'status', status: value | (form.doNotRetry ? 0x4000 : 0) };
      }
      case 'delay':
        return {
          kind: 'delay',
          milliseconds: number('milliseconds', 10, 1, 86_400_000, 'Enter milliseconds'),
        };
      case 'silence':
        return { kind: 'silence' };
      case 'wrong-length':
        return { kind: 'wrong-length', bytes: number('bytes', 10, 0, 1 << 20, 'Enter bytes') };
      default:
        return unreachable(form.effect);
    }
  };
  const effect = effectOf();
  return Object.keys(errors).length > 0 ? { errors } : { fault: { opcode, occurrence, count, effect } };
}

/** A form for the object that a fault was asked for: its subsystem, and it alone if it is a controller. */
export function emptyFaultForm(fleet: Fleet, objectId: string | null): FaultForm {
  const controller = objectId === null ? undefined : fleet.controllers[objectId];
  const subsystemId =
    controller?.subsystemId ??
    fleet.namespaces[objectId ?? '']?.subsystemId ??
    Object.values(fleet.controllers).find(({ hostId }) => hostId === objectId)?.subsystemId ??
    Object.keys(fleet.subsystems)[0] ??
    '';
  return {
    subsystemId,
    controllerId: controller?.id ?? '',
    opcode: 'any',
    otherOpcode: 'c0',
    occurrence: '1',
    count: '1',
    effect: 'status',
    status: String((statusCodes.internalError.sct << 8) | statusCodes.internalError.sc),
    sct: '0',
    sc: '06',
    doNotRetry: false,
    milliseconds: '500',
    bytes: '0',
  };
}

/** Every admin command that Berth knows by name, by opcode in decimal; `any` and `other` around them. */
export const opcodeOptions = [
  { value: 'any', label: 'Any command' },
  ...Object.values(adminOpcodes).map((opcode) => ({
    value: String(opcode),
    label: opcodeName(opcode),
    note: suffixedHexadecimal(opcode),
  })),
  { value: 'other', label: 'Another opcode…' },
];

/** Every status that simulated devices answer but success, as SCT << 8 | SC in decimal; `other` at the end. */
export const statusOptions = [
  ...Object.values(statusCodes)
    .filter(({ sct, sc }) => sct !== 0 || sc !== 0)
    .map(({ sct, sc, name }) => ({
      value: String((sct << 8) | sc),
      label: name,
      note: `SCT ${sct} SC ${suffixedHexadecimal(sc)}`,
    })),
  { value: 'other', label: 'Another status…' },
];

/** Controllers whose commands a fault of a subsystem can meet. */
export function controllerOptions(fleet: Fleet, subsystemId: string) {
  return [
    { value: '', label: 'Any controller of the NVM subsystem' },
    ...Object.values(fleet.controllers)
      .filter((controller) => controller.subsystemId === subsystemId)
      .map((controller) => ({
        value: controller.id,
        label: controllerFullTitle(fleet, controller),
        note: hexadecimalId(controller.cntlid),
      })),
  ];
}
