import type { Refusal } from '../../refusal.ts';

/** The kernel's error numbers that sysfs writes and driver calls here answer, with the text that programs print. */
const errnoTexts = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  ENODEV: 'No such device',
  ENOTTY: 'Inappropriate ioctl for device',
  ERANGE: 'Numerical result out of range',
  EINTR: 'Interrupted system call',
  EISDIR: 'Is a directory',
  /** No kernel answers it here: something that Linux has and the simulation has not. */
  ENOSYS: 'Linux has it, but it is not simulated',
  ENETRESET: 'Network dropped connection on reset',
} as const;
export type Errno = keyof typeof errnoTexts;

/** As `strerror` words it. */
export function errnoText(errno: Errno): string {
  return errnoTexts[errno];
}

/**
 * Answer of the simulated kernel. `stage` tells whether opening the file failed or writing to it: shells word the two
 * differently (`sh: write error: Numerical result out of range`).
 */
export type SimulatedKernelAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly stage: 'open' | 'write';
      readonly errno: Errno;
      /** As `strerror` words it. */
      readonly text: string;
      /** A kernel would say it in its log, if at all. */
      readonly refusal: Refusal;
    };

export const kernelSuccess: SimulatedKernelAnswer = { ok: true };

export function kernelError(
  errno: Errno,
  { cause, fix, lines = [] }: Pick<Refusal, 'cause' | 'fix'> & Partial<Refusal>,
  stage: 'open' | 'write' = 'write',
): SimulatedKernelAnswer {
  return { ok: false, stage, errno, text: errnoTexts[errno], refusal: { cause, fix, lines } };
}
