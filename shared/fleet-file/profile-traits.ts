import { type ProfileName, profileNameSchema } from './schema.ts';

/** What a device's profile says about the fleet file that describes it. How the device behaves is added to it there. */
export interface ProfileTraits {
  /** Its primaries have the proposed virtual subsystem commands. */
  readonly virtualSubsystems: boolean;
  /** VQ and VI resources can be flexible. */
  readonly flexibleResources: boolean;
  /** Its controlling functions provision functions. */
  readonly provisionsFunctions: boolean;
}

const plain: ProfileTraits = {
  virtualSubsystems: false,
  flexibleResources: true,
  provisionsFunctions: false,
};

export const profileTraits: Readonly<Record<ProfileName, ProfileTraits>> = {
  berth: { ...plain, virtualSubsystems: true },
  'vendor-2022': plain,
  'self-contained': plain,
  'private-resources': { ...plain, virtualSubsystems: true, flexibleResources: false },
  'siov-like': { ...plain, virtualSubsystems: true, provisionsFunctions: true },
  announced: plain,
  'qemu-7.2': plain,
  'linux-nvmet': plain,
};

/** Profiles that have a trait, in the order of the schema. */
export function profilesWith(trait: keyof ProfileTraits): readonly ProfileName[] {
  return profileNameSchema.options.filter((name) => profileTraits[name][trait]);
}
