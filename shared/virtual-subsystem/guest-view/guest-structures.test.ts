import { describe, expect, it } from 'vitest';
import { featureIdentifiers } from '../../nvme/commands/features.ts';
import { logPageIdentifiers } from '../../nvme/commands/get-log-page.ts';
import { identifyStructures } from '../../nvme/commands/identify.ts';
import { identifyLeaks } from '../leak-check/identify-leaks.ts';
import {
  featureReadables,
  identifyReadables,
  logReadables,
  namespaceReadables,
} from '../leak-check/readable-rules.ts';
import { structureLeaks } from '../leak-check/structure-leaks.ts';
import { guestStructures, propertiesStructure, ruledBytes } from './guest-structures.ts';
import type { GuestIdentity } from './show-as-guest.ts';

const guest: GuestIdentity = {
  nqn: 'nqn.2026-11.io.berth:rules',
  virtualControllerId: 1,
  identity: { serialNumber: '', modelNumber: '', firmwareRevision: '' },
  exposed: [],
};
const numbers = (table: Readonly<Record<string, { readonly value: number }>>) =>
  Object.values(table).map(({ value }) => value);

describe('rules of what a guest can read', () => {
  it.each(guestStructures)('every byte of $source falls under exactly one', (structure) => {
    const owners = new Uint8Array(structure.length);
    for (const { offset, size } of ruledBytes(structure))
      for (let byte = offset; byte < offset + size; byte++) owners[byte] = (owners[byte] ?? 0) + 1;
    expect([...owners].findIndex((count) => count !== 1)).toBe(-1);
    const keys = structure.fields.map(({ key }) => key);
    for (const key of [...Object.keys(structure.rules), ...structure.narrowed]) expect(keys).toContain(key);
  });

  it('finds a difference in any byte of Identify Controller, wherever it is', { timeout: 30_000 }, () => {
    const here = new Uint8Array(4096);
    for (let byte = 0; byte < 4096; byte++) {
      const there = here.slice();
      there[byte] = 1;
      const findings = identifyLeaks(here, [{ primaryId: 'p', title: 'hv-b', identify: there }], {
        ...guest,
        virtualControllerId: 0,
      });
      const isNamed = (byte >= 78 && byte < 80) || (byte >= 768 && byte < 1024);
      const leaks = findings.filter(
        ({ class: kind, name }) => kind === 'physical' && !['SN', 'MN', 'FR'].includes(name),
      );
      const isOfDrive = byte >= 4 && byte < 72;
      expect([byte, leaks.length]).toEqual([byte, isNamed || isOfDrive ? 0 : 1]);
    }
  });

  it('asks for every structure, log page and feature that has a name', () => {
    const asked = [...identifyReadables, ...namespaceReadables].map(({ number }) => number);
    // Identify Namespace (00h) and Identify Controller (01h) have rules for each of their bytes.
    expect([0, 1, ...asked].sort((a, b) => a - b)).toEqual(numbers(identifyStructures).sort((a, b) => a - b));
    expect(logReadables.map(({ number }) => number)).toEqual(numbers(logPageIdentifiers));
    expect(featureReadables.map(({ number }) => number)).toEqual(numbers(featureIdentifiers));
  });

  it('tells state, what differs, and what nobody can say', () => {
    const here = new Uint8Array(4096);
    const there = here.slice();
    there[0x14] = 1;
    there[0x38] = 1;
    const of = (bytes: Uint8Array | undefined) =>
      new Map(
        structureLeaks(propertiesStructure, here, [{ title: 'hv-b', bytes }], guest).map((finding) => [
          finding.name,
          finding,
        ]),
      );
    const compared = of(there);
    expect(compared.get('CC')?.class).toBe('equal');
    expect(compared.get('CMBLOC')).toMatchObject({ class: 'physical', fix: null });
    expect(compared.get('reserved')?.class).toBe('equal');
    const silent = of(undefined);
    expect(silent.get('CAP')).toMatchObject({ class: 'unchecked' });
    expect(silent.get('CAP')?.words).toContain('until a secondary controller is online under hv-b');
    expect(silent.get('CC')?.class).toBe('equal');
  });
});
