import { z } from 'zod';
import { nvmeReleases } from '../nvme/nvme-cli/nvme-release.ts';
import { cutOffGuestSchema } from '../procedure/agreement.ts';

/** Characters of a script that is rehearsed. */
export const largestScript = 256 * 1024;

const line = z.number().int().min(0);
const count = z.number().int().min(0);

/** What a line would interrupt: read before it does it. */
export const threatSchema = z.object({
  guests: z.array(cutOffGuestSchema),
  /** One sentence for each loss. */
  losses: z.array(z.string()),
  /** The functions that the guests have it through. */
  functionIds: z.array(z.string()),
});
export type Threat = z.infer<typeof threatSchema>;

export const rehearsedLineSchema = z.object({
  /** From 1. */
  line,
  /** How often the script has come to it. */
  passes: count,
  /** Device commands that it sent, and changes by other ways (sysfs, resets, virsh). */
  commands: count,
  changes: count,
  /** The last that it printed, bounded. */
  printed: z.string(),
  /** What was said on standard error, in the tool's words, bounded; empty where nothing was. */
  said: z.string(),
  /** A device, the kernel or the hypervisor refused something. */
  refused: z.boolean(),
  /** Why, in words, and what to do about it; empty where nothing is known. */
  cause: z.string(),
  fix: z.string(),
  /** Left out on the wish of the person. */
  skipped: z.boolean(),
});
export type RehearsedLine = z.infer<typeof rehearsedLineSchema>;

/** A device command, or a change by another way, of one line. */
export const rehearsedActSchema = z.object({
  line,
  pass: count,
  /** `nvme1`; empty where it is none of a controller. */
  controller: z.string(),
  /** `1Ch`, `sysfs`, `reset`, `virsh`, `fault`. */
  what: z.string(),
  words: z.string(),
  result: z.string(),
  ok: z.boolean(),
});
export type RehearsedAct = z.infer<typeof rehearsedActSchema>;

export const changedFieldSchema = z.object({
  name: z.string(),
  before: z.string(),
  after: z.string(),
});

/** An object of the fleet that differs. */
export const changedObjectSchema = z.object({
  id: z.string(),
  /** `VF 5 of hv-a/nvme1`. */
  title: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  fields: z.array(changedFieldSchema),
  /** Lines that did it, ascending; several where they were read together. */
  lines: z.array(line),
  /** What was typed in the terminal on the copy did it, too. */
  typed: z.boolean(),
});
export type ChangedObject = z.infer<typeof changedObjectSchema>;

export const rehearsedFunctionSchema = z.object({
  id: z.string(),
  /** `VF 5`. */
  title: z.string(),
  online: z.boolean(),
  vq: count,
  vi: count,
  /** It differs from before. */
  changed: z.boolean(),
  /** Lines that changed it, ascending. */
  lines: z.array(line),
  /** The line before which the script is paused would take it from its guest. */
  threatened: z.boolean(),
});
export type RehearsedFunction = z.infer<typeof rehearsedFunctionSchema>;

/** The functions of a primary controller of which the script changes or threatens some. */
export const rehearsedDriveSchema = z.object({
  /** Of the primary controller. */
  id: z.string(),
  title: z.string(),
  /** In the order of their numbers. */
  functions: z.array(rehearsedFunctionSchema),
  /** Functions that are not listed, and are as they were. */
  left: count,
});
export type RehearsedDrive = z.infer<typeof rehearsedDriveSchema>;

export const interruptionSchema = z.object({ line, threat: threatSchema });
export type Interruption = z.infer<typeof interruptionSchema>;

export const rehearsalEndSchema = z.object({
  kind: z.enum(['done', 'exited', 'stopped', 'not-a-script']),
  line,
  /** One sentence. */
  words: z.string(),
  /** Status of the last command; null where there is none. */
  exit: z.number().int().nullable(),
});

export const rehearsalSchema = z.object({
  id: z.number().int().min(1),
  name: z.string(),
  script: z.array(z.string()),
  host: z.object({ id: z.string(), name: z.string() }),
  /** The release of nvme-cli that `nvme` is. */
  nvme: z.enum(nvmeReleases),
  /** What it is a copy of. `twin`: of a capture, which cannot run anything itself. */
  copyOf: z.object({ name: z.string(), revision: z.number().int(), twin: z.boolean() }),
  status: z.enum(['ready', 'running', 'paused', 'ended']),
  /** The line that runs, or before which it is paused; 0 before the first. */
  at: line,
  /** Why it is paused: it was told to, or this line would interrupt somebody. */
  threat: threatSchema.nullable(),
  end: rehearsalEndSchema.nullable(),
  lines: z.array(rehearsedLineSchema),
  /** Lines whose changes are left out whenever the script comes to them, ascending. */
  leftOut: z.array(line),
  /** The newest, oldest of them first. */
  acts: z.array(rehearsedActSchema),
  counts: z.object({ commands: count, changes: count, refused: count }),
  /** Of simulated time that has passed. */
  milliseconds: z.number().min(0),
  interrupted: z.array(interruptionSchema),
  /** Before against now. */
  difference: z.array(changedObjectSchema),
  /** Objects beyond those that are listed. */
  differenceLeft: count,
  /** Drives of which functions changed, or would be taken from a guest. */
  drives: z.array(rehearsedDriveSchema),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;
