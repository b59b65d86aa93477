import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../bounds/pieces.ts';
import { numRuns } from '../../test-support/property-runs.ts';
import { findTextProblems } from '../parse.ts';
import { change, redoInHistory, startHistory, undoInHistory } from './edit-history.ts';
import {
  type Addition,
  addObject,
  duplicateObject,
  giveDevice,
  parseEdited,
  removeObject,
  setField,
  virtualFunctionsOf,
} from './edit-operations.ts';
import { record, text, valueAt } from './loose-value.ts';
import { newFleet } from './new-objects.ts';
import { objectsOf } from './objects.ts';

const fresh = `${JSON.stringify(newFleet(), null, 2)}\n`;

type Step =
  | { readonly kind: 'add'; readonly what: Addition; readonly pick: number }
  | { readonly kind: 'duplicate' | 'give' | 'remove'; readonly pick: number };

/** Does one thing that the form offers; `pick` chooses among the objects that it can be done to. */
function perform(source: string, step: Step): string {
  const file = parseEdited(source);
  const objects = objectsOf(file);
  const one = (kinds: readonly string[]) => {
    const fitting = objects.filter(({ kind }) => kinds.includes(kind));
    return fitting[step.pick % Math.max(1, fitting.length)];
  };
  const host = one(['host']);
  switch (step.kind) {
    case 'add': {
      const needs =
        { host: 'fleet', subsystem: 'fleet', 'virtual-machine': 'host' }[step.what as 'host'] ?? 'subsystem';
      const parent = one([needs]);
      if (parent === undefined) return source;
      return addObject(source, step.what, parent.path, host?.title ?? '').text;
    }
    case 'duplicate': {
      const object = one(['host', 'virtual-machine', 'subsystem', 'primary', 'plain', 'namespace']);
      return object === undefined ? source : duplicateObject(source, object.path).text;
    }
    case 'give': {
      const machine = one(['virtual-machine']);
      if (machine === undefined) return source;
      const owner = text(record(valueAt(file, machine.path.slice(0, 2))).name);
      const taken = new Set(JSON.stringify(record(file).hosts).match(/0000:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/g));
      const free = virtualFunctionsOf(file, owner).filter(({ address }) => !taken.has(address));
      const device = free[step.pick % Math.max(1, free.length)];
      return device === undefined ? source : giveDevice(source, machine.path, device);
    }
    case 'remove': {
      const object = one(['virtual-machine', 'namespace']);
      return object === undefined ? source : removeObject(source, object.path).text;
    }
  }
}

const additions: readonly Addition[] = [
  'host',
  'subsystem',
  'virtual-machine',
  'primary',
  'plain',
  'namespace',
];
const pick = fc.nat({ max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), what: fc.constantFrom(...additions), pick }),
  fc.record({ kind: fc.constantFrom('duplicate' as const, 'give' as const, 'remove' as const), pick }),
);

describe('editing a fleet file', () => {
  test('a new fleet is valid', () => {
    expect(atOnce(findTextProblems(fresh))).toEqual([]);
  });

  test('whatever is added, duplicated, handed over and removed keeps the file valid', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        // The pool of one primary holds 64 VQ: sixteen functions with four each always fit.
        const end = steps.reduce(perform, fresh);
        expect(atOnce(findTextProblems(end))).toEqual([]);
      }),
      { numRuns: numRuns(40, 400) },
    );
  });

  test('undo goes back through exactly the texts that were there, redoInHistory forward again', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        let history = startHistory(fresh);
        const texts = [fresh];
        for (const one of steps) {
          const next = perform(history.text, one);
          if (next !== history.text) texts.push(next);
          history = change(history, next);
        }
        for (const expected of texts.slice(0, -1).reverse()) {
          history = undoInHistory(history);
          expect(history.text).toBe(expected);
        }
        for (const expected of texts.slice(1)) {
          history = redoInHistory(history);
          expect(history.text).toBe(expected);
        }
      }),
      { numRuns: numRuns(30, 300) },
    );
  });

  test('any value in any field leaves the file valid or names the problem at that field', () => {
    const withDrive = addObject(fresh, 'subsystem', [], 'hv-a').text;
    const full = addObject(withDrive, 'virtual-machine', ['hosts', 0], '').text;
    const fields = [
      ['hosts', 0, 'name'],
      ['hosts', 0, 'pageSize'],
      ['hosts', 0, 'virtualMachines', 0, 'memoryBytes'],
      ['subsystems', 0, 'nqn'],
      ['subsystems', 0, 'controllers', 0, 'address'],
      ['subsystems', 0, 'controllers', 0, 'cntlid'],
      ['subsystems', 0, 'controllers', 0, 'sriov', 'totalVfs'],
      ['subsystems', 0, 'namespaces', 0, 'blockSize'],
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 1 }), (path, value) => {
        const edited = setField(full, path, value);
        expect(valueAt(parseEdited(edited), path)).toEqual(JSON.parse(JSON.stringify(value)));
        for (const problem of atOnce(findTextProblems(edited))) {
          expect(problem.field).not.toBe('');
          expect(problem.message).not.toBe('');
          expect(problem.fix).not.toBe('');
        }
      }),
      { numRuns: numRuns(80, 800) },
    );
  });

  test('typing into one field is one change', () => {
    let history = startHistory(fresh);
    for (const name of ['h', 'ho', 'hos'])
      history = change(history, setField(history.text, ['hosts', 0, 'name'], name), 'hosts[0].name');
    expect(undoInHistory(history).text).toBe(fresh);
  });

  test('a device with provisioned functions can be duplicated', () => {
    let source = addObject(fresh, 'subsystem', [], 'hv-a').text;
    source = setField(source, ['subsystems', 0, 'profile'], 'siov-like');
    const provisioned = { maximum: 4, firstCntlid: 100, functions: [{ cntlid: 100 }] };
    source = setField(source, ['subsystems', 0, 'controllers', 0, 'provisioned'], provisioned);
    source = setField(source, ['subsystems', 0, 'controllers', 0, 'sriov', 'vfOffset'], 3);
    expect(atOnce(findTextProblems(source))).toEqual([]);
    expect(atOnce(findTextProblems(duplicateObject(source, ['subsystems', 0]).text))).toEqual([]);
    expect(
      atOnce(findTextProblems(duplicateObject(source, ['subsystems', 0, 'controllers', 0]).text)),
    ).toEqual([]);
  });

  test('controllers follow the new name of their host', () => {
    const source = addObject(fresh, 'subsystem', [], 'hv-a').text;
    const renamed = parseEdited(setField(source, ['hosts', 0, 'name'], 'alpha'));
    expect(valueAt(renamed, ['subsystems', 0, 'controllers', 0, 'host'])).toBe('alpha');
  });

  test('what the form does not know stays as it was written', () => {
    const written = fresh
      .replace('"seed": 42', '"seed":   42')
      .replace('"hosts"', '"_note": [1.0,2.50], "hosts"');
    const edited = addObject(written, 'host', [], '').text;
    expect(edited).toContain('"seed":   42');
    expect(edited).toContain('"_note": [1.0,2.50], "hosts"');
    expect(removeObject(edited, ['hosts', 1]).text).toBe(written);
  });
});
