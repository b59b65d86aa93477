import { expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { startController } from '../../controller/start-controller.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  plainInput,
  run,
  status,
} from '../../testing/test-kit.ts';
import { createQueue, logUserData, queueMemory } from '../../testing/tracking-commands.ts';
import { execute } from '../execute.ts';

const format = (nsid: number, cdw10: number) => adminCommand({ opcode: adminOpcodes.formatNvm, nsid, cdw10 });

function world() {
  const made = createWorld(
    fleetInput({
      namespaces: [
        { nsid: 1, blocks: 1000, attachedTo: [0] },
        { nsid: 2, blocks: 1000, attachedTo: [0, 1] },
        { nsid: 3, blocks: 1000 },
      ],
    }),
  );
  bringUp(made.controller(0), 1);
  startController(made.controller(1), { processors: 1 });
  const shape = (cntlid: number, nsid: number) => {
    const decoded = decodeIdentifyNamespace(
      run(made.controller(cntlid), identifyCommand(0, nsid)).data ?? new Uint8Array(),
    );
    if (!decoded.ok) throw new Error(decoded.error.message);
    return [decoded.value.flbas, Number(decoded.value.nsze)];
  };
  return { ...made, shape };
}

test('a namespace keeps its bytes and gets another format, for every controller and in the exported fleet', () => {
  const { controller, shape, fleet } = world();
  const [before] = shape(0, 2);
  const wanted = before === 1 ? 0 : 1;
  const blocks = wanted === 1 ? 125 : 8000;
  const bytes = fleet.subsystems[0]?.namespaces.get(2)?.bytes;
  expect(status(controller(1), format(2, wanted))).toBe(0);
  expect([shape(0, 2), shape(1, 2), shape(0, 1)[0]]).toEqual([
    [wanted, Number((bytes ?? 0n) / (wanted === 1 ? 4096n : 512n))],
    [wanted, Number((bytes ?? 0n) / (wanted === 1 ? 4096n : 512n))],
    before,
  ]);
  expect(shape(0, 2)[1]).toBe(blocks);
  const file = fleet.exportState().subsystems[0]?.namespaces[1];
  expect(file).toMatchObject({ nsid: 2, blocks, blockSize: wanted === 1 ? 4096 : 512 });
});

test('all namespaces of the controller, and no others', () => {
  const { controller, shape, fleet } = world();
  const wanted = shape(0, 1)[0] === 1 ? 0 : 1;
  expect(status(controller(0), format(0xffffffff, wanted))).toBe(0);
  expect([shape(0, 1)[0], shape(0, 2)[0]]).toEqual([wanted, wanted]);
  expect(fleet.subsystems[0]?.namespaces.get(3)?.identify[26]).not.toBe(wanted);
});

test('a user data queue learns of it, and the other controllers are told', () => {
  const { controller, primary } = world();
  const memory = queueMemory(8);
  run(primary(0), logUserData(run(primary(0), createQueue(1, memory)).dw0, 1));
  const execution = execute(controller(1), adminCommand({ opcode: adminOpcodes.asynchronousEventRequest }));
  if (execution.kind !== 'waiting') throw new Error('the request does not wait');
  const heard: (number | undefined)[] = [];
  controller(1).eventListeners.set(execution.commandIdentifier, (completion) => heard.push(completion?.dw0));
  run(controller(0), format(2, 1));
  expect(heard).toEqual([0x04_00_02]);
  expect([memory.bytes[0], memory.bytes[31]]).toEqual([2, 0b0100_0011]);
});

test.each([
  ['NSID 0', format(0, 0), 0x400b],
  ['NSID above NN', format(300, 0), 0x400b],
  ['a namespace that is not attached', format(3, 0), 0x4002],
  ['a format that is not there', format(2, 9), 0x410a],
  ['a format in the upper bits', format(2, 0x1000), 0x410a],
  ['protection information', format(2, 0x20), 0x410a],
  ['crypto erase, which FNA does not offer', format(2, 0x400), 0x4002],
  ['a reserved erase', format(2, 0x600), 0x4002],
])('refuses and changes nothing: %s', (_words, command, expected) => {
  const { controller, fleet } = world();
  const before = fleet.exportState().subsystems[0]?.namespaces;
  expect(status(controller(1), command)).toBe(expected);
  expect(fleet.exportState().subsystems[0]?.namespaces).toEqual(before);
});

test('is not there where OACS does not announce it', () => {
  const bare = { ...plainInput, identify: { ...plainInput.identify, capabilities: { oacs: 0 } } };
  const { controller } = createWorld(fleetInput({ controllers: [bare], namespaces: [] }));
  expect(status(controller(20), format(1, 0))).toBe(0x4001);
});
