import { describe, expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { execute } from '../commands/execute.ts';
import { bringUp, createWorld, run, status } from '../testing/test-kit.ts';
import { startController } from './start-controller.ts';

/** Opcodes that a controller of each role knows; all others are Invalid Command Opcode. */
const common = [0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x0c, 0x80];
const management = [0x0d, 0x15, 0x84];
const controlling = [0x1c, 0x3d, 0x3e, 0x41, 0x42, 0x45, 0xc1, 0xc2, 0xc5, 0xc6];
const roles = [
  { role: 'controlling function', cntlid: 0, known: [...common, ...management, ...controlling] },
  { role: 'controlled function', cntlid: 1, known: common },
  { role: 'controller without virtual functions', cntlid: 20, known: [...common, ...management] },
] as const;
const everyOpcode = Array.from({ length: 256 }, (_, opcode) => opcode);
const commandOf = (opcode: number) => adminCommand({ opcode, readLength: 4096 });

function world() {
  const made = createWorld();
  bringUp(made.controller(0), 1);
  startController(made.controller(1), { processors: 1 });
  return made;
}

describe.each(roles)('a $role', ({ cntlid, known }) => {
  test('knows these opcodes and no others, and its effects log says the same', () => {
    const { controller } = world();
    const answered = everyOpcode.filter((opcode) => {
      const execution = execute(controller(cntlid), commandOf(opcode));
      if (execution.kind !== 'completed') return true;
      const { sct, sc } = execution.completion;
      return sct !== 0 || sc !== 1;
    });
    expect(answered).toEqual([...known].sort((left, right) => left - right));
    const effects = run(
      controller(cntlid),
      adminCommand({ opcode: adminOpcodes.getLogPage, cdw10: 0x03ff_0005, readLength: 4096 }),
    ).data;
    expect(everyOpcode.filter((opcode) => ((effects?.[opcode * 4] ?? 0) & 1) === 1)).toEqual(answered);
  });

  test('takes nothing after a fatal error', () => {
    const { controller } = world();
    controller(cntlid).fatal = true;
    for (const opcode of everyOpcode)
      expect(execute(controller(cntlid), commandOf(opcode)).kind).toBe('silent');
  });

  test('refuses with Sanitize In Progress what it knows and may not execute meanwhile', () => {
    const { controller } = world();
    run(controller(0), adminCommand({ opcode: adminOpcodes.sanitize, cdw10: 2 }));
    const held = everyOpcode.filter((opcode) => {
      const execution = execute(controller(cntlid), commandOf(opcode));
      return execution.kind === 'completed' && execution.completion.sc === 0x1d;
    });
    const allowed = [0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x0c];
    expect(held).toEqual([...known].filter((opcode) => !allowed.includes(opcode)).sort((a, b) => a - b));
  });
});

test('a controlled function that is offline or suspended takes nothing, and goes on after that', () => {
  const { controller } = world();
  const suspend = adminCommand({ opcode: adminOpcodes.migrationSend, cdw11: 0x1_0001 });
  const resume = adminCommand({ opcode: adminOpcodes.migrationSend, cdw10: 1, cdw11: 1 });
  const answersSilence = (cntlid: number) =>
    everyOpcode.every((opcode) => execute(controller(cntlid), commandOf(opcode)).kind === 'silent');
  expect(answersSilence(2)).toBe(true);
  run(controller(0), suspend);
  expect(answersSilence(1)).toBe(true);
  run(controller(0), resume);
  expect(
    status(controller(1), adminCommand({ opcode: adminOpcodes.identify, cdw10: 1, readLength: 4096 })),
  ).toBe(0);
});
