import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { nqnFromDomain, nqnFromUuid } from '#shared/nvme/nqn.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { type Exposure, exposedFor } from '#shared/virtual-subsystem/exposure.ts';
import { neutralFguid, neutralIeee } from '#shared/virtual-subsystem/leak-fixes.ts';
import { type IdentityForm, identityOf } from './identity-form.ts';

/** What the person typed into the form; text as typed, so that a half-written number is not lost. */
export interface NewSubsystemForm extends IdentityForm {
  readonly primaryId: string | null;
  readonly nqn: string;
  readonly primaryVirtualId: string;
  readonly exposure: Exposure;
}

/** The domain whose names Berth makes; a site's own domain can be typed over it. */
const domain = 'berth.io';

/** A form whose every value is safe to use: nothing of the drive below shows in it. */
export function startForm(
  fleet: Fleet,
  wanted: { readonly hostId: string | null; readonly primaryId: string | null },
  today: Date,
): NewSubsystemForm {
  const number = freeNumber(fleet);
  const primaries = eligiblePrimaries(fleet);
  const primary =
    primaries.find((one) => one.id === wanted.primaryId) ??
    primaries.find((one) => one.hostId === wanted.hostId) ??
    (wanted.hostId === null ? primaries[0] : undefined);
  return {
    primaryId: primary?.id ?? null,
    nqn: nqnForName(`vs-${number}`, today),
    primaryVirtualId: '1',
    serialNumber: `BERTH-V${String(number).padStart(4, '0')}`,
    modelNumber: 'Berth Virtual NVMe',
    firmwareRevision: '1.0',
    ieee: neutralIeee.toString(16).padStart(6, '0'),
    fguid: neutralFguid,
    exposure: 'baseline',
  };
}

/** Primaries that answer the virtual subsystem commands. */
function eligiblePrimaries(fleet: Fleet): readonly PrimaryController[] {
  return Object.values(fleet.controllers).filter(
    (controller): controller is PrimaryController =>
      controller.role === 'primary' && controller.virtualSubsystems.available,
  );
}

/** `nqn.2026-11.io.berth:name`; what a name may not hold becomes a hyphen. */
export function nqnForName(name: string, today: Date): string {
  const text = name.trim().replace(/[^A-Za-z0-9._-]+/g, '-') || 'vs';
  const made = nqnFromDomain(today.getFullYear(), today.getMonth() + 1, domain, text);
  return made.ok ? made.value : '';
}

/** The other form that the specification knows; `uuid` from the caller's randomness. */
export function nqnForUuid(uuid: string): string {
  const made = nqnFromUuid(uuid);
  return made.ok ? made.value : '';
}

/** The intent that the form adds up to; null while a primary or its virtual id is missing. */
export function intentOf(
  fleet: Fleet,
  form: NewSubsystemForm,
): Extract<Intent, { kind: 'create-virtual-subsystem' }> | null {
  const primaryVirtualId = /^\d{1,5}$/.test(form.primaryVirtualId.trim())
    ? Number(form.primaryVirtualId)
    : -1;
  const identity = identityOf(form);
  if (form.primaryId === null || primaryVirtualId < 0 || primaryVirtualId > 0xffff || identity === null)
    return null;
  return {
    kind: 'create-virtual-subsystem',
    primaryId: form.primaryId,
    nqn: form.nqn.trim(),
    primaryVirtualId,
    identity,
    exposed: exposedFor(fleet, form.primaryId, form.exposure),
  };
}

/** The lowest number whose default name and serial number nobody has. */
function freeNumber(fleet: Fleet): number {
  const all = Object.values(fleet.virtualSubsystems);
  const taken = new Set([
    ...all.map((subsystem) => virtualSubsystemTitle(subsystem)),
    ...all.map((subsystem) => subsystem.identity.serialNumber),
  ]);
  let number = 1;
  while (taken.has(`vs-${number}`) || taken.has(`BERTH-V${String(number).padStart(4, '0')}`)) number += 1;
  return number;
}
