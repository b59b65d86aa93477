import type { VirtualIdentity } from '#shared/fleet/schema.ts';

/** A virtual identity as typed; text, so that a half-written number is not lost. Empty shows the hardware's. */
export interface IdentityForm {
  readonly serialNumber: string;
  readonly modelNumber: string;
  readonly firmwareRevision: string;
  /** Six hexadecimal digits. */
  readonly ieee: string;
  /** A UUID. */
  readonly fguid: string;
}

/** What stands in the fields for an identity. */
export function identityForm(identity: VirtualIdentity | undefined): IdentityForm {
  return {
    serialNumber: identity?.serialNumber ?? '',
    modelNumber: identity?.modelNumber ?? '',
    firmwareRevision: identity?.firmwareRevision ?? '',
    ieee: identity?.ieee === undefined ? '' : identity.ieee.toString(16).padStart(6, '0'),
    fguid: identity?.fguid ?? '',
  };
}

/** The identity as typed; null while the OUI or the FGUID is neither empty nor whole. */
export function identityOf(form: IdentityForm): VirtualIdentity | null {
  const ieee = form.ieee.trim().replaceAll('-', '');
  const fguid = form.fguid.trim().toLowerCase();
  if (ieee !== '' && !/^[0-9a-f]{6}$/i.test(ieee)) return null;
  if (fguid !== '' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(fguid)) return null;
  return {
    ...textsOf(form),
    ...(ieee === '' ? {} : { ieee: Number.parseInt(ieee, 16) }),
    ...(fguid === '' ? {} : { fguid }),
  };
}

/** The texts alone, for while the numbers are half typed. */
export function textsOf({ serialNumber, modelNumber, firmwareRevision }: IdentityForm): VirtualIdentity {
  return {
    serialNumber: serialNumber.trim(),
    modelNumber: modelNumber.trim(),
    firmwareRevision: firmwareRevision.trim(),
  };
}

/** Why `identityOf` is null, for a control that waits for it. */
export const identityNotWhole = 'The IEEE OUI or the FGUID is not whole.';
