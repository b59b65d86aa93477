import type { ResponseOf } from '#shared/ipc/contract.ts';

type Basis = ResponseOf<'virtual-subsystem:leak-check'>['hosts'][number]['basis'];

/** How Berth knows what a guest would get under another primary controller. */
export const basisWords: Readonly<Record<Basis, string>> = {
  secondary: 'a free secondary controller there answered',
  preview: 'its controlling function said what a fresh secondary would answer',
  primary: "derived from its primary's own answer; the rest is unknown until a secondary is online there",
};
