import { isFree } from '#shared/fleet/rules/secondary-use.ts';
import type { Fleet, PrimaryController, SecondaryController } from '#shared/fleet/schema.ts';
import { secondariesOf } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { type Exposure, exposedFor } from '#shared/virtual-subsystem/mask/exposure.ts';
import { wholeNumber } from '../../ui/whole-number.ts';
import { type IdentityForm, identityFromForm } from '../create/identity-form.ts';

/** Which functions a primary controller gives. */
export type FunctionKind = SecondaryController['functionKind'];

/** What is typed into the dialog; text as typed, so that a half-written number is not lost. */
export interface ProvisionForm {
  readonly primaryId: string | null;
  readonly kind: FunctionKind;
  /** Functions, from 1 to what is free, and at most 127 in one procedure. */
  readonly count: string;
  /** VQ resources for each function; empty: the default of the assignment. */
  readonly vq: string;
  /** VI resources for each function; empty: the default of the assignment. */
  readonly vi: string;
  /** Id of the virtual subsystem, `new`, or `none`. */
  readonly into: string;
  readonly nqn: string;
  readonly exposure: Exposure;
  /** NSIDs that each function is attached to. */
  readonly attach: readonly number[];
  readonly enableMigration: boolean;
  /** Whether VFIO may show the functions at the end. */
  readonly visible: boolean;
  /** Id of the virtual machine, or `none`. */
  readonly machine: string;
}

/** How many functions of a kind can be provisioned now. */
export function available(fleet: Fleet, primary: PrimaryController, kind: FunctionKind): number {
  const idle = idleFunctions(fleet, primary, kind).length;
  if (kind === 'vf') return idle;
  const existing = secondariesOf(fleet, primary).filter(({ functionKind }) => functionKind === 'siov').length;
  return Math.max(0, primary.functions.maximumProvisioned - existing);
}

/** Why a primary has no functions of a kind; null when it has. */
export function kindReason(primary: PrimaryController, kind: FunctionKind): string | null {
  if (kind === 'vf') return primary.totalVfs > 0 ? null : 'no SR-IOV';
  return primary.functions.provision.available ? null : 'it does not provision functions';
}

/** The kind that a primary starts with. */
export function firstKind(primary: PrimaryController | undefined): FunctionKind {
  return primary !== undefined && kindReason(primary, 'vf') !== null ? 'siov' : 'vf';
}

/** The intent that the form adds up to; null while a number is missing or more is asked for than there is. */
export function provisionIntent(
  fleet: Fleet,
  primary: PrimaryController,
  form: ProvisionForm,
  identity: IdentityForm,
): Intent | null {
  const number = (text: string) => wholeNumber(text, 0xffff);
  const count = number(form.count) ?? 0;
  const vq = form.vq.trim() === '' ? undefined : number(form.vq);
  const vi = form.vi.trim() === '' ? undefined : number(form.vi);
  if (count < 1 || count > Math.min(available(fleet, primary, form.kind), 127)) return null;
  if (vq === null || vi === null) return null;
  return {
    kind: 'provision',
    functions:
      form.kind === 'siov'
        ? { kind: 'new', primaryId: primary.id, count }
        : {
            kind: 'existing',
            secondaryIds: idleFunctions(fleet, primary, 'vf')
              .slice(0, count)
              .map(({ id }) => id),
          },
    into: intoOf(fleet, primary, form, identity),
    attach: [...form.attach],
    enableMigration: form.enableMigration,
    visible: form.visible,
    virtualMachineId: form.machine === 'none' ? null : form.machine,
    ...(vq === undefined ? {} : { vq }),
    ...(vi === undefined ? {} : { vi }),
  };
}

/** The virtual subsystem that takes them; a new one has the primary as virtual controller 1. */
function intoOf(
  fleet: Fleet,
  primary: PrimaryController,
  form: ProvisionForm,
  identity: IdentityForm,
): Extract<Intent, { kind: 'provision' }>['into'] {
  if (form.into === 'none') return { kind: 'none' };
  if (form.into !== 'new') return { kind: 'existing', virtualSubsystemId: form.into };
  return {
    kind: 'new',
    nqn: form.nqn.trim(),
    primaryVirtualId: 1,
    identity: identityFromForm(identity) ?? { serialNumber: '', modelNumber: '', firmwareRevision: '' },
    exposed: exposedFor(fleet, primary.id, form.exposure),
  };
}

/** Existing functions of a kind that nobody uses, in the order of the primary's list. */
function idleFunctions(fleet: Fleet, primary: PrimaryController, kind: FunctionKind): SecondaryController[] {
  return secondariesOf(fleet, primary).filter(
    (secondary) => secondary.functionKind === kind && isFree(fleet, secondary),
  );
}
