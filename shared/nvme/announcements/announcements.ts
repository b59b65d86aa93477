import type { identifyControllerFields } from '../layouts/identify/identify-controller-fields.ts';

/*
 * What a controller says of itself in Identify Controller, and what follows from it: one table for the simulated device
 * (dispatch, Commands Supported and Effects, lists of log pages and features, events), for the inventory and for the
 * forecast of what a guest reads.
 */

type FieldKey = (typeof identifyControllerFields)[number]['key'];

/** Where Identify Controller announces something: any bit of `mask` in a little-endian field of at most 4 bytes. */
export interface Announcement {
  readonly field: FieldKey;
  /** Byte offset in Identify Controller. */
  readonly offset: number;
  /** Bytes. */
  readonly size: 1 | 2 | 4;
  readonly mask: number;
}

/** What an announcement promises; numbers are opcodes and identifiers. */
interface Announced {
  readonly by: Announcement;
  readonly adminCommands?: readonly number[];
  /** Commands of the NVM command set. */
  readonly inputOutputCommands?: readonly number[];
  /** Structures of Identify (CNS). */
  readonly structures?: readonly number[];
  readonly features?: readonly number[];
  readonly logPages?: readonly number[];
  /** Asynchronous events, as `eventNumber` counts them. */
  readonly events?: readonly number[];
  /** Only primary controllers have it, whatever others announce. */
  readonly onlyPrimary?: boolean;
}

const bitOf =
  (field: FieldKey, offset: number, size: Announcement['size']) =>
  (bit: number): Announcement => ({
    field,
    offset,
    size,
    mask: (1 << bit) >>> 0,
  });

/** One number for an asynchronous event: its type (AET) in bits 15:8, its information (AEI) in bits 7:0. */
export function eventNumber(type: number, information: number): number {
  return type * 0x100 + information;
}

const noticeOf = (information: number) => eventNumber(2, information);
const oneShotOf = (information: number) => eventNumber(4, information);
const commandSetEvent = (information: number) => eventNumber(6, information);

const oaes = bitOf('oaes', 92, 4);
const ctratt = bitOf('ctratt', 96, 4);
const oacs = bitOf('oacs', 256, 2);
const lpa = bitOf('lpa', 261, 1);
const oncs = bitOf('oncs', 520, 2);
const trattr = bitOf('trattr', 576, 1);

/** Announcements that code asks for by name. */
export const announcements = {
  namespaceManagement: oacs(3),
  virtualizationManagement: oacs(7),
  liveMigration: oacs(11),
  smartPerNamespace: lpa(0),
  extendedLogPages: lpa(2),
  /** Any kind of sanitize operation. */
  sanitize: { field: 'sanicap', offset: 328, size: 4, mask: 7 },
} as const satisfies Readonly<Record<string, Announcement>>;

/** Bits of OACS that only a controlling function has: namespace, virtualization and migration management. */
export const managementBits =
  announcements.namespaceManagement.mask |
  announcements.virtualizationManagement.mask |
  announcements.liveMigration.mask;

/** NVMe Base 2.1, 5.1.13 (CNS 01h), and the clauses of what is announced; I/O commands: NVM Command Set 1.1, 3.2. */
const table: readonly Announced[] = [
  { by: oacs(0), adminCommands: [0x81, 0x82] },
  { by: oacs(1), adminCommands: [0x80] },
  { by: oacs(2), adminCommands: [0x10, 0x11] },
  // The lists of allocated namespaces (CNS 10h and 11h) a controller may have without it.
  { by: announcements.namespaceManagement, adminCommands: [0x0d, 0x15] },
  { by: oacs(4), adminCommands: [0x14], logPages: [0x06] },
  { by: oacs(5), adminCommands: [0x19, 0x1a] },
  { by: oacs(6), adminCommands: [0x1d, 0x1e] },
  {
    by: announcements.virtualizationManagement,
    adminCommands: [0x1c],
    structures: [0x14, 0x15],
    onlyPrimary: true,
  },
  { by: oacs(8), adminCommands: [0x7c] },
  { by: oacs(9), adminCommands: [0x86] },
  { by: oacs(10), adminCommands: [0x24] },
  { by: announcements.liveMigration, adminCommands: [0x41, 0x42], structures: [0x20], onlyPrimary: true },
  // Track Send and Track Receive serve both kinds of tracking.
  {
    by: { field: 'trattr', offset: 576, size: 1, mask: 3 },
    adminCommands: [0x3d, 0x3e],
    onlyPrimary: true,
  },
  {
    by: trattr(1),
    adminCommands: [0x45],
    features: [0x21],
    events: [oneShotOf(0), oneShotOf(1)],
    onlyPrimary: true,
  },
  { by: { field: 'kas', offset: 320, size: 2, mask: 0xffff }, adminCommands: [0x18], features: [0x0f] },
  {
    by: announcements.sanitize,
    adminCommands: [0x84],
    logPages: [0x81],
    events: [commandSetEvent(1)],
  },
  { by: ctratt(2), structures: [0x04] },
  { by: ctratt(4), structures: [0x19], logPages: [0x09] },
  { by: ctratt(7), structures: [0x16] },
  { by: ctratt(9), structures: [0x17] },
  { by: ctratt(10), structures: [0x18] },
  { by: ctratt(11), adminCommands: [0x20] },
  { by: oaes(8), logPages: [0x04], events: [noticeOf(0)] },
  { by: oaes(9), events: [noticeOf(1)] },
  { by: oaes(11), events: [noticeOf(3)] },
  { by: oaes(12), events: [noticeOf(4)] },
  { by: oaes(13), events: [noticeOf(5)] },
  { by: oaes(14), events: [noticeOf(6)] },
  { by: lpa(1), logPages: [0x05] },
  { by: lpa(3), logPages: [0x07, 0x08], events: [noticeOf(2)] },
  { by: lpa(4), logPages: [0x0d] },
  { by: lpa(5), logPages: [0x00, 0x12, 0x13] },
  { by: { field: 'anacap', offset: 343, size: 1, mask: 0x1f }, logPages: [0x0c] },
  { by: { field: 'apsta', offset: 265, size: 1, mask: 1 }, features: [0x0c] },
  { by: { field: 'hctma', offset: 322, size: 2, mask: 1 }, features: [0x10] },
  { by: { field: 'hmpre', offset: 272, size: 4, mask: 0xffff_ffff }, features: [0x0d] },
  { by: { field: 'vwc', offset: 525, size: 1, mask: 1 }, features: [0x06] },
  { by: oncs(0), inputOutputCommands: [0x05] },
  { by: oncs(1), inputOutputCommands: [0x04] },
  { by: oncs(2), inputOutputCommands: [0x09] },
  { by: oncs(3), inputOutputCommands: [0x08] },
  {
    by: oncs(5),
    inputOutputCommands: [0x0d, 0x0e, 0x11, 0x15],
    features: [0x82, 0x83],
    logPages: [0x80],
    events: [commandSetEvent(0)],
  },
  { by: oncs(6), features: [0x0e] },
  { by: oncs(7), inputOutputCommands: [0x0c] },
  { by: oncs(8), inputOutputCommands: [0x19] },
];

/** The kinds of things that Identify Controller announces. */
export const announcedKinds = [
  'adminCommands',
  'inputOutputCommands',
  'structures',
  'features',
  'logPages',
  'events',
] as const;
export type AnnouncedKind = (typeof announcedKinds)[number];

/** What must be announced before a controller has it, and whether only primary controllers have it. */
export interface AnnouncementRow {
  readonly by: Announcement;
  readonly onlyPrimary: boolean;
}

/** By opcode, identifier or event number; what is not in it needs no announcement (or Berth knows of none). */
export const announcedBy: Readonly<Record<AnnouncedKind, ReadonlyMap<number, AnnouncementRow>>> = {
  adminCommands: index('adminCommands'),
  inputOutputCommands: index('inputOutputCommands'),
  structures: index('structures'),
  features: index('features'),
  logPages: index('logPages'),
  events: index('events'),
};

/** Numbers of each kind. */
export type Offers = Readonly<Partial<Record<AnnouncedKind, readonly number[]>>>;

/** Where a device is known not to do what its Identify Controller says. */
export interface Deviations {
  /** What it has without announcing it. */
  readonly unannounced: Offers;
  /** What it lacks although it announces it. */
  readonly missing: Offers;
}

/** Who is asked: what it says of itself, its role, and what is known of such devices. */
export interface Announcer {
  /** Whether it announces something; undefined where nobody read that field. */
  readonly says: (announcement: Announcement) => boolean | undefined;
  readonly isPrimary: boolean;
  readonly deviations: Deviations;
}

/**
 * Whether a controller has something, as far as that is a matter of announcing it: the one question that dispatch, effects
 * log, lists and inventory ask. Undefined where what decides was not read.
 */
export function isOffered(announcer: Announcer, kind: AnnouncedKind, number: number): boolean | undefined {
  const { unannounced, missing } = announcer.deviations;
  if (missing[kind]?.includes(number)) return false;
  const row = announcedBy[kind].get(number);
  if (row === undefined || unannounced[kind]?.includes(number)) return true;
  return row.onlyPrimary && !announcer.isPrimary ? false : announcer.says(row.by);
}

/** Whether the bytes of Identify Controller announce it. */
export function isAnnouncedIn(identifyController: Uint8Array, { offset, size, mask }: Announcement): boolean {
  for (let at = 0; at < size; at++)
    if (((identifyController[offset + at] ?? 0) & (mask >>> (8 * at)) & 0xff) !== 0) return true;
  return false;
}

/** Everything that the bytes announce, by what announces it. */
export function* allAnnounced(
  identifyController: Uint8Array,
): Generator<{ readonly by: Announcement; readonly offers: Offers }> {
  for (const { by, onlyPrimary: _onlyPrimary, ...offers } of table)
    if (isAnnouncedIn(identifyController, by)) yield { by, offers };
}

/** `OACS bit 3`, or `KAS` where any value but 0 announces it. */
export function announcementWords({ field, mask }: Announcement): string {
  const name = field.toUpperCase();
  const bit = 31 - Math.clz32(mask);
  return mask === (1 << bit) >>> 0 ? `${name} bit ${bit}` : name;
}

function index(kind: AnnouncedKind): ReadonlyMap<number, AnnouncementRow> {
  return new Map(
    table.flatMap(({ by, onlyPrimary = false, [kind]: numbers = [] }) =>
      numbers.map((number) => [number, { by, onlyPrimary }] as const),
    ),
  );
}
