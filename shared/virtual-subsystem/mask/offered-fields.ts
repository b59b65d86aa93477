import type { OfferedCapabilities } from '../../fleet/offered-capabilities.ts';
import type { Controller } from '../../fleet/schema.ts';
import { suffixedHexadecimal } from '../../hexadecimal.ts';
import { featureIdentifiers } from '../../nvme/commands/features.ts';
import { logPageIdentifiers } from '../../nvme/commands/get-log-page.ts';
import { type NamedValue, namedValueTitle } from '../../nvme/commands/named-value.ts';
import type { FieldBit } from '../../nvme/layout.ts';
import type { ExposedField } from './exposed-field.ts';

/*
 * Fields outside Identify Controller that a mask can narrow. Their values come from what the controlling function says
 * of its secondaries (Get Offered Capabilities); a controlling function that does not say it has none of them.
 */

const proposal = 'Berth proposal (not an NVMe standard)';
const wordBits = 32;

/** Log pages and features that an I/O controller must have (NVMe Base 2.1, 3.1.3.4 and 3.1.3.6): a driver asks for them. */
const mandatory = {
  'log-pages': [
    logPageIdentifiers.errorInformation,
    logPageIdentifiers.smart,
    logPageIdentifiers.firmwareSlot,
  ],
  features: [
    featureIdentifiers.arbitration,
    featureIdentifiers.powerManagement,
    featureIdentifiers.temperatureThreshold,
    featureIdentifiers.errorRecovery,
    featureIdentifiers.numberOfQueues,
    featureIdentifiers.writeAtomicityNormal,
    featureIdentifiers.asynchronousEventConfiguration,
  ],
} as const;

/** Bits 47:40 and 63:56 of CAP; what decides the layout of memory and doorbells (bits 36:32, 55:48) has no field. */
const middleBits: readonly FieldBit[] = [
  { bit: 3, title: 'One or more I/O command sets (CAP.CSS)' },
  { bit: 4, title: 'No I/O command set (CAP.CSS)' },
  { bit: 5, mnemonic: 'BPS', title: 'Boot partitions' },
  { bit: 6, title: 'Controller power scope, low bit (CAP.CPS)' },
  { bit: 7, title: 'Controller power scope, high bit (CAP.CPS)' },
];
const highBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'PMRS', title: 'Persistent memory region' },
  { bit: 1, mnemonic: 'CMBS', title: 'Controller memory buffer' },
  { bit: 2, mnemonic: 'NSSS', title: 'NVM subsystem shutdown' },
  { bit: 3, title: 'Ready with media (CAP.CRMS)' },
  { bit: 4, title: 'Ready independent of media (CAP.CRMS)' },
  { bit: 5, mnemonic: 'NSSES', title: 'NVM subsystem shutdown enhancements' },
];

type Row = Pick<
  ExposedField,
  'key' | 'structure' | 'mnemonic' | 'title' | 'clause' | 'offset' | 'size' | 'rule'
> &
  Partial<Pick<ExposedField, 'bits' | 'loses' | 'kept' | 'comparable'>> & {
    readonly of: (offered: OfferedCapabilities) => number;
  };

function field({ of, loses = '', kept = 0, ...row }: Row): ExposedField {
  const read = (controller: Controller) => {
    const offered = offeredBy(controller);
    return offered === undefined ? null : of(offered);
  };
  return { ...row, loses, kept, never: 0, read };
}

const capByte = (byte: number) => (offered: OfferedCapabilities) =>
  Number((BigInt(offered.cap) >> BigInt(byte * 8)) & 0xffn);

const properties = { structure: 'properties', clause: 'NVMe Base 2.1, 3.1.4.1 (CAP)' } as const;

/** Every field of the other structures: add a row to narrow another one. */
export const offeredFields: readonly ExposedField[] = [
  field({
    ...{ key: 'ioqp', structure: 'resources', mnemonic: 'IOQP', title: 'I/O queue pairs', clause: proposal },
    ...{ offset: 0, size: 2, rule: 'at-most', loses: 'more I/O queues' },
    of: ({ ioQueuePairs }) => ioQueuePairs,
  }),
  field({
    ...{
      key: 'intv',
      structure: 'resources',
      mnemonic: 'INTV',
      title: 'Interrupt vectors',
      clause: proposal,
    },
    ...{ offset: 2, size: 2, rule: 'at-most', loses: 'more interrupt vectors' },
    of: ({ interruptVectors }) => interruptVectors,
  }),
  field({
    ...{ ...properties, key: 'cap-mqes', mnemonic: 'CAP.MQES', title: 'Maximum Queue Entries Supported' },
    ...{ offset: 0, size: 2, rule: 'at-most', loses: 'longer queues' },
    of: ({ cap }) => Number(BigInt(cap) & 0xffffn),
  }),
  field({
    ...{ ...properties, key: 'cap-to', mnemonic: 'CAP.TO', title: 'Timeout, in units of 500 ms' },
    ...{ offset: 3, size: 1, rule: 'at-least', loses: 'a shorter wait until the controller is ready' },
    of: capByte(3),
  }),
  field({
    ...{
      ...properties,
      key: 'cap-5',
      mnemonic: 'CAP 47:40',
      title: 'Command sets, boot partitions, power scope',
    },
    ...{ offset: 5, size: 1, rule: 'keep-bits', bits: middleBits },
    of: capByte(5),
  }),
  field({
    ...{ ...properties, key: 'cap-7', mnemonic: 'CAP 63:56', title: 'Memory regions, shutdown, ready modes' },
    ...{ offset: 7, size: 1, rule: 'keep-bits', bits: highBits },
    of: capByte(7),
  }),
  ...identifierFields('log-pages'),
  ...identifierFields('features'),
  ...[0, 1].map((word) =>
    field({
      key: `lba-formats-${word}`,
      structure: 'lba-formats',
      mnemonic: `LBAF${word * wordBits}–${word * wordBits + wordBits - 1}`,
      title: `LBA formats ${word * wordBits} to ${word * wordBits + wordBits - 1}`,
      clause: 'NVM Command Set 1.1, 4.1.5.1',
      offset: word * 4,
      size: 4,
      rule: 'keep-bits',
      bits: bitsOf(word, (index) => `LBA format ${index}`),
      comparable: (members) => sameFormats(word, members),
      of: ({ lbaFormats }) => wordOf(word, (index) => (lbaFormats[index]?.dataSizeExponent ?? 0) !== 0),
    }),
  ),
];

/** What a controlling function says of its secondaries; undefined for other controllers, and when it does not say. */
function offeredBy(controller: Controller): OfferedCapabilities | undefined {
  return controller.role === 'primary' ? controller.offered : undefined;
}

/** 256 identifiers, 32 to a field. */
function identifierFields(structure: 'log-pages' | 'features'): readonly ExposedField[] {
  const isLog = structure === 'log-pages';
  const table: Readonly<Record<string, NamedValue>> = isLog ? logPageIdentifiers : featureIdentifiers;
  const key = isLog ? 'logPages' : 'features';
  const kept = new Set<number>(mandatory[structure].map(({ value }) => value));
  return Array.from({ length: 8 }, (_, word) => {
    const [first, last] = [word * wordBits, word * wordBits + wordBits - 1].map(suffixedHexadecimal);
    return field({
      key: `${structure}-${word}`,
      structure,
      mnemonic: `${isLog ? 'LID' : 'FID'} ${first}–${last}`,
      title: `${isLog ? 'Log pages' : 'Features'} ${first} to ${last}`,
      clause: isLog ? 'NVMe Base 2.1, 5.1.12' : 'NVMe Base 2.1, 5.1.25',
      offset: word * 4,
      size: 4,
      rule: 'keep-bits',
      bits: bitsOf(
        word,
        (number) =>
          `${namedValueTitle(table, number) ?? 'Vendor specific or new'} (${suffixedHexadecimal(number)})`,
      ),
      kept: wordOf(word, (number) => kept.has(number)),
      of: (offered) => wordOf(word, (number) => offered[key].includes(number)),
    });
  });
}

/** Bits whose LBA format is the same on all members: the index is what a guest formats and reads by. */
function sameFormats(word: number, members: readonly Controller[]): number {
  const [first, ...others] = members.map((member) => offeredBy(member)?.lbaFormats ?? []);
  return wordOf(word, (index) =>
    others.every((formats) => JSON.stringify(formats[index]) === JSON.stringify(first?.[index])),
  );
}

function wordOf(word: number, isSet: (number: number) => boolean): number {
  let value = 0;
  for (let bit = 0; bit < wordBits; bit++) if (isSet(word * wordBits + bit)) value += 2 ** bit;
  return value;
}

function bitsOf(word: number, title: (number: number) => string): readonly FieldBit[] {
  return Array.from({ length: wordBits }, (_, bit) => ({ bit, title: title(word * wordBits + bit) }));
}
