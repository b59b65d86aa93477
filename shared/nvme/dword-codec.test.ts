import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  controllerDataQueueAttributes,
  interruptVectorConfiguration,
  numberOfQueuesAllocated,
  numberOfQueuesWished,
  temperatureThreshold,
} from './commands/features.ts';
import { adminCommands } from './commands/table.ts';
import { bitsOf, type DwordCodec } from './dword-codec.ts';
import {
  completionQueueAttributes,
  submissionQueueAttributes,
} from './layouts/controller-state/controller-state-queues.ts';

/** Every dword that is a table of fields: results of commands, values of features, attributes of queues. */
const codecs: readonly (readonly [string, DwordCodec])[] = [
  ...Object.entries(adminCommands).map(
    ([name, { result }]) => [`${name}, completion dword 0`, result as DwordCodec] as const,
  ),
  ...Object.entries({
    numberOfQueuesWished,
    numberOfQueuesAllocated,
    temperatureThreshold,
    interruptVectorConfiguration,
    controllerDataQueueAttributes,
    submissionQueueAttributes,
    completionQueueAttributes,
  }).map(([name, codec]) => [name, codec as DwordCodec] as const),
].filter(([, codec]) => Object.keys(codec.fields).length > 0);

test('the commands that answer in dword 0 say so', () => {
  const answering = Object.entries(adminCommands).filter(
    ([, { result }]) => Object.keys(result.fields).length > 0,
  );
  expect(answering.map(([name]) => name).sort()).toEqual([
    'abort',
    'asynchronousEventRequest',
    'controllerDataQueue',
    'functionManagement',
    'migrationReceive',
    'namespaceManagement',
    'trackSend',
    'vendorQueryDataSize',
    'virtualSubsystemManagement',
    'virtualizationManagement',
  ]);
});

test.each(codecs)('%s: both directions agree, and no two fields share a bit', (_, codec) => {
  const masks = Object.values(codec.fields).map(([high, low = high]) => 2 ** (high + 1) - 2 ** low);
  const defined = masks.reduce((sum, mask) => sum + mask, 0);
  expect(masks.reduce((all, mask) => all | BigInt(mask), 0n)).toBe(BigInt(defined));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (dword) => {
      const known = Number(BigInt(dword) & BigInt(defined));
      expect(codec.encode(codec.decode(dword))).toBe(known);
      expect(codec.decode(known)).toEqual(codec.decode(dword));
    }),
  );
});

/** Fields of more than one bit; a flag always fits. */
const rangesOf = (codec: DwordCodec) =>
  Object.entries(codec.fields).flatMap(([name, [high, low]]) =>
    low === undefined ? [] : [{ name, high, low }],
  );

test.each(codecs.filter(([, codec]) => rangesOf(codec).length > 0))(
  '%s: a value that does not fit is refused',
  (_, codec) => {
    for (const { name, high, low } of rangesOf(codec)) {
      for (const value of [2 ** (high - low + 1), -1, 0.5])
        expect(() => codec.encode({ [name]: value } as never)).toThrow(RangeError);
    }
  },
);

test('what stands where', () => {
  expect(adminCommands.functionManagement.result.encode({ cntlid: 0x101, handle: 0x8001 })).toBe(0x8001_0101);
  expect(adminCommands.asynchronousEventRequest.result.encode({ aet: 2, aei: 0x12, lpi: 4 })).toBe(0x4_1202);
  expect(adminCommands.abort.result.decode(1)).toEqual({ ianp: true });
  expect(numberOfQueuesAllocated.encode({ nsqa: 3, ncqa: 0xfffe })).toBe(0xfffe_0003);
  expect(temperatureThreshold.encode({ tmpth: 0x157, tmpsel: 2, thsel: 1 })).toBe(0x12_0157);
  expect(interruptVectorConfiguration.encode({ cd: true })).toBe(0x1_0000);
  expect(controllerDataQueueAttributes.encode({ cdqid: 2, etpt: true })).toBe(0x8000_0002);
  expect(completionQueueAttributes.encode({ pc: true, ien: true, s0pt: true, iv: 5 })).toBe(0x5_0007);
  expect(submissionQueueAttributes.decode(5)).toEqual({ pc: true, qprio: 2 });
  expect(bitsOf(-1, 31, 0)).toBe(0xffffffff);
});
