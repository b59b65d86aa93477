import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AdminCommand, statusValue } from '#shared/nvme/command.ts';
import { opcodeName, adminOpcodes as opcodes } from '#shared/nvme/commands/table.ts';
import { type StatusName, statusCodes } from '#shared/nvme/status.ts';
import type { AdminQueue } from '../../../admin-queue.ts';
import { createControllerQueue } from '../../host/controller-queue.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { stateOf } from '../random-events.ts';
import type { World } from '../test-kit.ts';
import {
  abort,
  asynchronousEvents,
  exportedSubsystems,
  formatNvm,
  heldBySanitize,
  identify,
  keepAlive,
  otherOpcodes,
  queues,
  sanitize,
} from './controller.ts';
import { coverageDocument } from './document.ts';
import { getFeatures, logPages, setFeatures } from './features-and-log-pages.ts';
import { functionManagement, functionReceive, provisionedFunctions } from './functions.ts';
import { migrationReceive, migrationSend } from './migration.ts';
import { namespaceAttachment, namespaceManagement } from './namespaces.ts';
import { privateResources, vendorCommands, withoutStandardMigration } from './profiles.ts';
import { type CoverageSection, rowCompletion } from './scenario.ts';
import {
  controllerDataQueue,
  getQueueFeature,
  setQueueFeature,
  trackReceiveSection,
  trackSend,
} from './tracking.ts';
import { virtualSubsystemManagement, virtualSubsystemReceive } from './virtual-subsystems.ts';
import { virtualizationManagement } from './virtualization.ts';

const sections: readonly CoverageSection[] = [
  identify,
  virtualizationManagement,
  migrationSend,
  migrationReceive,
  controllerDataQueue,
  trackSend,
  trackReceiveSection,
  setQueueFeature,
  getQueueFeature,
  namespaceManagement,
  namespaceAttachment,
  virtualSubsystemManagement,
  virtualSubsystemReceive,
  functionManagement,
  functionReceive,
  setFeatures,
  getFeatures,
  logPages,
  asynchronousEvents,
  abort,
  keepAlive,
  sanitize,
  ...heldBySanitize,
  formatNvm,
  ...queues,
  ...exportedSubsystems,
  ...otherOpcodes,
  ...vendorCommands,
  ...withoutStandardMigration,
  privateResources,
  ...provisionedFunctions,
];

function adminQueueOf(controller: SimulatedController, world: World): AdminQueue {
  const { clock } = world;
  return createControllerQueue({
    controller,
    name: `controller ${controller.cntlid}`,
    host: world.host('one').kernel,
    clock,
    timeoutMilliseconds: 100,
    onTimeout: () => undefined,
    turn: () => null,
    cancelled: () => new Promise(() => undefined),
  });
}

async function answerOf(queue: AdminQueue, command: AdminCommand) {
  const answer = await queue.submit(command);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

describe.each(
  sections.map((section) => ({
    section,
    name: [opcodeName(section.opcode), section.part ?? ''].join(' ').trim(),
  })),
)('$name', ({ section }) => {
  test.each(section.rows)('$operation: $condition: $status', async ({ status, scenario }) => {
    const { world, controller, command, dw0, dw1, beside = [], next = [] } = scenario();
    expect(command.opcode).toBe(section.opcode);
    const before = stateOf(world);
    const queue = adminQueueOf(controller, world);
    const ask = async () => {
      const others = beside.map((other) => queue.submit(other));
      const answer = answerOf(queue, command);
      others.push(...next.map((other) => queue.submit(other)));
      await Promise.all(others);
      return answer;
    };
    const completion = await ask();
    const expected = rowCompletion(status);
    expect(`0x${statusValue(completion).toString(16)}`).toBe(`0x${statusValue(expected).toString(16)}`);
    if (dw0 !== undefined) expect(completion.dw0).toBe(dw0);
    if (dw1 !== undefined) expect(completion.dw1).toBe(dw1);
    // The same command again, with nothing else changed, is refused again.
    if (status === 'success') return;
    expect(completion.data).toBeUndefined();
    expect(stateOf(world)).toEqual(before);
    expect(await ask()).toEqual(completion);
    // Whoever is refused hears why, with an object and a value of this device, and what to do.
    const refusal = queue.refusalOf(command, completion);
    expect(refusal?.cause).toMatch(
      /(?:CNTLID|VF|\/dev\/nvme|[Nn]amespace|[Vv]irtual function|identifier) ?\d/,
    );
    expect(refusal?.fix).toMatch(/^[A-Z]/);
    expect([refusal?.cause, refusal?.fix].join()).not.toMatch(/undefined|NaN|\bnull\b|\.$/);
  });
});

/** Status codes by the commands that NVMe Base 2.1 lists them for (5.1 to 5.3, "Status Values"). */
const listed: readonly (readonly [StatusName, readonly number[]])[] = [
  [
    'invalidControllerIdentifier',
    [
      opcodes.virtualizationManagement,
      opcodes.trackSend,
      opcodes.trackReceive,
      opcodes.migrationSend,
      opcodes.migrationReceive,
      opcodes.controllerDataQueue,
    ],
  ],
  ['invalidSecondaryControllerState', [opcodes.virtualizationManagement]],
  ['invalidNumberOfResources', [opcodes.virtualizationManagement]],
  ['invalidResourceIdentifier', [opcodes.virtualizationManagement]],
  ['invalidHost', [opcodes.manageExportedSubsystem]],
  ['invalidSubsystem', [opcodes.manageExportedSubsystem]],
  [
    'invalidControllerDataQueue',
    [
      opcodes.setFeatures,
      opcodes.getFeatures,
      opcodes.trackSend,
      opcodes.controllerDataQueue,
      opcodes.migrationSend,
    ],
  ],
  ['notEnoughResources', [opcodes.trackSend, opcodes.controllerDataQueue, opcodes.migrationSend]],
  ['controllerSuspended', [opcodes.trackSend, opcodes.sanitize]],
  ['controllerNotSuspended', [opcodes.migrationSend, opcodes.trackSend]],
  ['controllerDataQueueFull', [opcodes.trackSend]],
  ['commandSequenceError', [opcodes.migrationSend]],
  ['prpOffsetInvalid', [opcodes.controllerDataQueue]],
  [
    'invalidField',
    [
      opcodes.identify,
      opcodes.virtualizationManagement,
      opcodes.migrationSend,
      opcodes.migrationReceive,
      opcodes.controllerDataQueue,
      opcodes.trackSend,
      opcodes.trackReceive,
      opcodes.setFeatures,
      opcodes.getFeatures,
      opcodes.namespaceAttachment,
    ],
  ],
  ['namespaceAlreadyAttached', [opcodes.namespaceAttachment]],
  ['namespaceIsPrivate', [opcodes.namespaceAttachment]],
  ['namespaceNotAttached', [opcodes.namespaceAttachment]],
  ['controllerListInvalid', [opcodes.namespaceAttachment]],
  ['abortLimitExceeded', [opcodes.abort]],
  ['abortRequested', [opcodes.asynchronousEventRequest]],
  ['featureNotSaveable', [opcodes.setFeatures]],
  ['featureNotChangeable', [opcodes.setFeatures]],
  ['featureNotNamespaceSpecific', [opcodes.setFeatures]],
  ['invalidLogPage', [opcodes.getLogPage]],
  ['sanitizeInProgress', [opcodes.sanitize, opcodes.formatNvm]],
];

test.each(
  listed.flatMap(([status, commands]) =>
    commands.map((opcode) => ({
      status,
      opcode,
      command: opcodeName(opcode),
      name: statusCodes[status].name,
    })),
  ),
)('$name of $command is produced, or explained', ({ status, opcode }) => {
  const known = sections.filter((section) => section.opcode === opcode);
  const rows = known.flatMap((section) => [...section.rows, ...(section.absent ?? [])]);
  expect(rows.filter((row) => row.status === status)).not.toEqual([]);
});

test('no two rows say the same', () => {
  for (const { rows } of sections) {
    const names = rows.map(({ operation, condition }) => `${operation}: ${condition}`);
    expect(new Set(names).size).toBe(names.length);
  }
});

// After a change of the rows, run the test with --update.
test('docs/device-coverage.md is what the rows say', async () => {
  const path = join(import.meta.dirname, '../../../../../../docs/device-coverage.md');
  await expect(coverageDocument(sections)).toMatchFileSnapshot(path);
});
