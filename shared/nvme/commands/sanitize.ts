import { bits, flag, whole } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import type { NamedValue } from './named-value.ts';

/** Sanitize, CDW10 2:0 (NVMe Base 2.1, 5.1.22). */
export const sanitizeActions = {
  exitFailureMode: { value: 1, title: 'Exit Failure Mode' },
  blockErase: { value: 2, title: 'Block Erase' },
  overwrite: { value: 3, title: 'Overwrite' },
  cryptoErase: { value: 4, title: 'Crypto Erase' },
  exitMediaVerification: { value: 5, title: 'Exit Media Verification State' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Sanitize (NVMe Base 2.1, 5.1.22). */
export const sanitize = defineCommand({
  opcode: 0x84,
  name: 'Sanitize',
  clause: 'NVMe Base 2.1, 5.1.22',
  fields: {
    sanact: bits('cdw10', 2, 0),
    /** Allow Unrestricted Sanitize Exit. */
    ause: flag('cdw10', 3),
    /** Overwrite Pass Count; 0 stands for 16. */
    owpass: bits('cdw10', 7, 4),
    /** Overwrite Invert Pattern Between Passes. */
    oipbp: flag('cdw10', 8),
    /** No-Deallocate After Sanitize. */
    ndas: flag('cdw10', 9),
    /** Enter Media Verification State. */
    emvs: flag('cdw10', 10),
    ovrpat: whole('cdw11'),
  },
});
