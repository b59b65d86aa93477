import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numRuns } from '../../test-support/property-runs.ts';
import type { AdminCommand } from '../command.ts';
import { spelledName, ungrouped } from '../nvme-cli/nvme-cli-line.ts';
import type { CommandCodec, CommandDword, CommandField } from './command-codec.ts';
import { getControllerDataQueueFeature, setControllerDataQueueFeature } from './features.ts';
import { adminCommands, adminOpcodes, commandLine } from './table.ts';

const dwords: readonly CommandDword[] = ['nsid', 'cdw10', 'cdw11', 'cdw12', 'cdw13', 'cdw14', 'cdw15'];

/** Every command and every form of one. */
const codecs: readonly (readonly [string, CommandCodec])[] = [
  ...Object.entries(adminCommands).flatMap(([name, definition]) => [
    [name, definition as CommandCodec] as const,
    ...Object.entries(definition.forms).map(([form, codec]) => [`${name} · ${form}`, codec] as const),
  ]),
  ['setFeatures · controller data queue', setControllerDataQueueFeature as CommandCodec],
  ['getFeatures · controller data queue', getControllerDataQueueFeature as CommandCodec],
];

const widthOf = (field: CommandField) =>
  field.parts.reduce((width, { high, low }) => width + high - low + 1, 0);

function valueOfField(field: CommandField): fc.Arbitrary<number | bigint | boolean> {
  if (field.kind === 'flag') return fc.boolean();
  if (field.kind === 'big') return fc.bigInt(0n, 2n ** BigInt(widthOf(field)) - 1n);
  return fc.integer({ min: 0, max: 2 ** widthOf(field) - 1 });
}

const valuesOf = (codec: CommandCodec) =>
  fc
    .record(
      Object.fromEntries(Object.entries(codec.fields).map(([name, field]) => [name, valueOfField(field)])),
    )
    .map((values) => ({ ...values, ...codec.fixed }) as never);

describe.each(codecs)('%s', (_, codec) => {
  test('no two fields share a bit', () => {
    const taken = new Set<string>();
    for (const { parts } of Object.values(codec.fields))
      for (const { dword, high, low } of parts)
        for (let bit = low; bit <= high; bit++) {
          expect(taken).not.toContain(`${dword} ${bit}`);
          taken.add(`${dword} ${bit}`);
        }
    expect([...taken].length).toBe(
      Object.values(codec.fields).reduce((sum, field) => sum + widthOf(field), 0),
    );
  });

  test('decoding gives back the values that were encoded', () => {
    fc.assert(
      fc.property(valuesOf(codec), (values) => {
        const command = codec.encode(values);
        expect(codec.decode(command)).toEqual(values);
        expect(codec.describes(command)).toBe(true);
      }),
    );
  });

  test('encoding gives back a command of which only defined bits are set', () => {
    const defined = (dword: CommandDword) =>
      Object.values(codec.fields)
        .flatMap(({ parts }) => parts)
        .filter((part) => part.dword === dword)
        .reduce((mask, { high, low }) => mask | ((2n ** BigInt(high - low + 1) - 1n) << BigInt(low)), 0n);
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.record(Object.fromEntries(dwords.map((dword) => [dword, word]))), (random) => {
        const masked = Object.fromEntries(
          dwords.map((dword) => [dword, Number(BigInt(random[dword] ?? 0) & defined(dword))]),
        );
        const values = codec.decode({ ...codec.encode(), ...masked } as AdminCommand);
        const again = codec.encode(values as never);
        const fixed = codec.encode();
        const isFixed = (dword: CommandDword) =>
          Object.entries(codec.fields).some(
            ([name, { parts }]) => name in codec.fixed && parts.some((part) => part.dword === dword),
          );
        for (const dword of dwords)
          if (!isFixed(dword)) expect([dword, again[dword]]).toEqual([dword, masked[dword]]);
          else expect(again[dword] >>> 0).toBeGreaterThanOrEqual(fixed[dword]);
      }),
    );
  });

  test('a bit that no field describes is noticed', () => {
    const command = codec.encode();
    for (const dword of dwords)
      for (let bit = 0; bit < 32; bit++) {
        const isDefined = Object.values(codec.fields).some(({ parts }) =>
          parts.some((part) => part.dword === dword && part.low <= bit && bit <= part.high),
        );
        const changed = { ...command, [dword]: (command[dword] ^ (2 ** bit)) >>> 0 };
        if (!isDefined) expect([dword, bit, codec.describes(changed)]).toEqual([dword, bit, false]);
      }
  });
});

/** The commands with numbers that a caller chooses: a flag always fits. */
const withNumbers = codecs.flatMap(([name, codec]) => {
  const numbers = Object.entries(codec.fields).filter(
    ([field, { kind }]) => !(field in codec.fixed) && kind !== 'flag',
  );
  return numbers.length === 0 ? [] : [[name, codec, numbers] as const];
});

describe('a number that does not fit is refused', () => {
  test.each(withNumbers)('%s', (_, codec, numbers) => {
    for (const [name, field] of numbers) {
      const largest = 2n ** BigInt(widthOf(field)) - 1n;
      const above = field.kind === 'big' ? largest + 1n : Number(largest) + 1;
      const below = field.kind === 'big' ? -1n : -1;
      expect(() => codec.encode({ [name]: above } as never)).toThrow(RangeError);
      expect(() => codec.encode({ [name]: below } as never)).toThrow(RangeError);
    }
  });
});

test('every opcode has one definition', () => {
  const opcodes = Object.values(adminCommands).map(({ opcode }) => opcode);
  expect(new Set(opcodes).size).toBe(opcodes.length);
  expect(Object.values(adminOpcodes)).toEqual(opcodes);
  for (const definition of Object.values(adminCommands)) {
    expect(definition.clause).not.toBe('');
    for (const form of Object.values(definition.forms)) expect(form.opcode).toBe(definition.opcode);
  }
});

test('nvme-cli 3.x has other names and the same options', () => {
  const line = (command: AdminCommand) => [
    commandLine(command, '/dev/nvme0'),
    commandLine(command, '/dev/nvme0', {}, '3.x'),
  ];
  const { identify, virtualizationManagement, namespaceManagement } = adminCommands;
  expect(line(identify.encode({ cns: 0x01 }))).toEqual([
    'nvme id-ctrl /dev/nvme0',
    'nvme id ctrl /dev/nvme0',
  ]);
  expect(line(identify.encode({ cns: 0x15, cntid: 3 }))).toEqual([
    'nvme list-secondary /dev/nvme0 --cntid=3',
    'nvme id secondary-ctrl-list /dev/nvme0 --cntid=3',
  ]);
  expect(line(namespaceManagement.encode({ sel: 1, nsid: 9 }))).toEqual([
    'nvme delete-ns /dev/nvme0 --namespace-id=9',
    'nvme ns delete /dev/nvme0 --namespace-id=9',
  ]);
  const assign = line(virtualizationManagement.encode({ cntlid: 3, act: 8, nr: 2 }));
  expect(assign[1]).toBe(assign[0]);
  for (const name of ['attach-ns', 'list-ns', 'smart-log'])
    expect(ungrouped(spelledName(name, '3.x'))).toBe(name);
});

test('the controller identifier is the first option of every line that has one', () => {
  const cases = codecs.flatMap(([, codec]) => {
    const sample = fc.sample(valuesOf(codec), { numRuns: numRuns(50, 500), seed: 1 });
    return sample.map((values) => commandLine(codec.encode(values), '/dev/nvme0'));
  });
  const named = cases.filter((line) => / --cntlid=/.test(line));
  expect(named.length).toBeGreaterThan(50);
  for (const line of named)
    expect(line).toMatch(/^nvme [^-]*?[a-z_ -]+ (\/dev\/nvme0|--dev=\/dev\/nvme0) --cntlid=/);
});
