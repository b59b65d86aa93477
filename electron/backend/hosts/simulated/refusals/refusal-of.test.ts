import { expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { getLogPage, zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { createWorld, fleetInput, identifyCommand, primaryInput, run } from '../testing/test-kit.ts';
import { refusalOf } from './refusal-of.ts';

/** Why CNTLID 0 of a drive that says this refuses the command. */
function whyRefused(says: Readonly<Record<string, number>>, command: AdminCommand) {
  const { identify } = primaryInput();
  if (identify.kind !== 'fields') throw new Error('the kit describes its drive by fields');
  const controllers = [primaryInput({ identify: { ...identify, capabilities: says } })];
  const world = createWorld(fleetInput({ controllers }));
  const controller = world.controller(0);
  return refusalOf(world.host('one').kernel, controller, command, run(controller, command));
}

const logPage = (lid: number, more: { readonly csi?: number; readonly lpo?: bigint }) =>
  getLogPage.encode({ lid, numd: zeroBasedDwords(512), ...more }, { readLength: 512 });

test('a log page that knows no command sets is not refused for one', () => {
  expect(whyRefused({}, logPage(0x02, { csi: 1, lpo: 6n }))).toMatchObject({
    cause: expect.stringMatching(/^Offset 6 into log page 02h .* is not a multiple of 4$/),
  });
});

test.each([1, 32, 255])('the effects log is not there for command set %i', (csi) => {
  expect(whyRefused({}, logPage(0x05, { csi }))?.cause).toContain(`is not there for command set ${csi}`);
});

test('a controller without offsets into log pages refuses a command set for what it is', () => {
  expect(whyRefused({ lpa: 0x02 }, logPage(0x05, { csi: 1 }))).toMatchObject({
    cause: expect.stringMatching(/^log page 05h .* is not there for command set 1$/),
  });
  expect(whyRefused({ lpa: 0x02 }, logPage(0x05, { lpo: 4n }))).toMatchObject({
    cause: expect.stringMatching(/from its beginning only \(LPA is 02h\)$/),
  });
});

test('the limit of namespaces is that which holds them back: MNAN, or NN', () => {
  const create = (world: ReturnType<typeof createWorld>) => {
    const { data } = run(world.controller(0), identifyCommand(0x11, 1));
    return adminCommand({ opcode: adminOpcodes.namespaceManagement, ...(data && { data }) });
  };
  const command = create(createWorld());
  expect(whyRefused({ nn: 64, mnan: 3 }, command)?.cause).toContain('has 3 namespaces at most (MNAN)');
  expect(whyRefused({ nn: 3 }, command)?.cause).toContain('has 3 namespaces at most (NN)');
});

test.each([
  [adminOpcodes.virtualizationManagement, 'Virtualization Management: OACS is 08h, its bit 7 is 0'],
  [adminOpcodes.securityReceive, 'Security Receive: OACS is 08h, its bit 0 is 0'],
  [adminOpcodes.capacityManagement, '(opcode 20h): it is not among its supported commands'],
] as const)('a missing command is missing for its bit of OACS, where it has one: %#', (opcode, words) => {
  expect(whyRefused({ oacs: 0x08 }, adminCommand({ opcode }))?.cause).toContain(words);
});
