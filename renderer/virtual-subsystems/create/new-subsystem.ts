import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { nqnFromDomain, nqnFromUuid } from '#shared/nvme/nqn.ts';
import { safePci } from '#shared/virtual-subsystem/baseline/suggestions.ts';
import { neutralFguid, neutralIeee } from '#shared/virtual-subsystem/leak-check/leak-fixes.ts';
import type { DraftWish, VirtualSubsystemDraft } from '#shared/virtual-subsystem/life-cycle/draft.ts';
import type { Exposure } from '#shared/virtual-subsystem/mask/exposure.ts';
import { wholeNumber } from '../../ui/whole-number.ts';
import { type IdentityForm, identityForm, identityFromForm } from './identity-form.ts';

/** What the person typed into the form; text as typed, so that a half-written number is not lost. */
export interface NewSubsystemForm extends IdentityForm {
  readonly primaryId: string | null;
  /** Checked by `checkVirtualNqn`, not by the form. */
  readonly nqn: string;
  readonly primaryVirtualId: string;
  readonly exposure: Exposure;
  readonly members: readonly MemberForm[];
  /** The stored draft that is edited; null: a new one. */
  readonly draftId: string | null;
}

/** A member wanted; its virtual id as typed. */
export interface MemberForm {
  readonly secondaryId: string;
  readonly virtualId: string;
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
    pci: identityForm({ ...noNames, ...safePci(fleet, primary) }).pci,
    exposure: 'baseline',
    members: [],
    draftId: null,
  };
}

/** Only the PCI identifiers are asked for here. */
const noNames = { serialNumber: '', modelNumber: '', firmwareRevision: '' };

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

/** A form that shows a stored draft. */
export function formOfDraft(draft: VirtualSubsystemDraft): NewSubsystemForm {
  const { id, nqn, primaryId, primaryVirtualId, identity, exposure, members } = draft;
  return {
    ...identityForm(identity),
    ...{ nqn, primaryId, exposure, draftId: id, primaryVirtualId: String(primaryVirtualId) },
    members: members.map(({ secondaryId, virtualControllerId }) => ({
      secondaryId,
      virtualId: String(virtualControllerId),
    })),
  };
}

/** What the form asks for; null while a number or the identity is not whole. */
export function wishOf(form: NewSubsystemForm): DraftWish | null {
  const primaryVirtualId = virtualIdOf(form.primaryVirtualId);
  const identity = identityFromForm(form);
  const members = form.members.flatMap(({ secondaryId, virtualId }) => {
    const virtualControllerId = virtualIdOf(virtualId);
    return virtualControllerId === null ? [] : [{ secondaryId, virtualControllerId }];
  });
  if (primaryVirtualId === null || identity === null || members.length < form.members.length) return null;
  const { primaryId, exposure, draftId } = form;
  return {
    ...(draftId === null ? {} : { id: draftId }),
    ...{ nqn: form.nqn.trim(), primaryId, primaryVirtualId, identity, exposure, members },
  };
}

/** A virtual id as typed; null unless it fits 16 bits. Which of them are reserved the plan says. */
export function virtualIdOf(text: string): number | null {
  return wholeNumber(text, 0xffff);
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
