import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { namespaceChanged } from '../../controller/asynchronous-events.ts';
import { startController } from '../../controller/start-controller.ts';
import { setTemperature } from '../../controller/temperature.ts';
import { resume, save, sequence, setState, suspend } from '../../testing/migration-commands.ts';
import { guestCommand } from '../../testing/random-commands.ts';
import { bringUp, createWorld, fleetInput, primaryInput, run } from '../../testing/test-kit.ts';
import { identityBytes, manageVirtual } from '../../testing/virtual-subsystem-commands.ts';
import { execute } from '../execute.ts';

/** Secondary 1 runs a guest; secondary 11 of another host waits. Both show the same identity of a virtual subsystem. */
function twoHosts() {
  const world = createWorld(
    fleetInput({
      controllers: [primaryInput(), primaryInput({ cntlid: 10, host: 'two' })],
      namespaces: [
        { nsid: 1, blocks: 1000, nguid: 'b'.repeat(32), attachedTo: [1] },
        { nsid: 2, blocks: 1000, nguid: 'a'.repeat(32), attachedTo: [1] },
      ],
    }),
  );
  for (const [primary, cntlid] of [
    [0, 1],
    [10, 11],
  ] as const) {
    const data = identityBytes('nqn.2026-11.io.berth:moving');
    run(world.controller(primary), manageVirtual(0, { vcid: 1, data }));
    run(world.controller(primary), manageVirtual(2, { vsid: 1, cntlid, vcid: 5 }));
    bringUp(world.controller(primary), cntlid, 4, 3);
  }
  startController(world.controller(1), { processors: 2, workSeed: 7 });
  return { world, guest: world.controller(1), moved: world.controller(11) };
}

const before = fc.oneof(
  { weight: 8, arbitrary: guestCommand },
  { weight: 1, arbitrary: fc.constant('notice' as const) },
  { weight: 1, arbitrary: fc.constant('heat' as const) },
);

test('after any commands a controller that was restored from its state answers the next ones byte for byte', () => {
  fc.assert(
    fc.property(
      fc.array(before, { maxLength: 25, size: 'max' }),
      fc.array(guestCommand, { maxLength: 20, size: 'max' }),
      fc.integer({ min: 1, max: 4 }),
      (lived, next, pieces) => {
        const { world, guest, moved } = twoHosts();
        for (const event of lived) {
          if (event === 'notice') namespaceChanged(guest, 2);
          else if (event === 'heat') setTemperature(guest, 350);
          else execute(guest, event);
        }
        const [source, destination] = [world.controller(0), world.controller(10)];
        run(source, suspend(1));
        run(destination, suspend(11));
        const state = save(source, 1);
        const length = Math.ceil(state.length / 4 / pieces) * 4;
        for (let piece = 0; piece < pieces; piece++) {
          const isLast = piece === pieces - 1;
          const seqind =
            piece === 0
              ? isLast
                ? sequence.only
                : sequence.first
              : isLast
                ? sequence.last
                : sequence.middle;
          const offset = piece * length;
          const sent = setState(11, seqind, state.slice(offset, offset + length), { offset });
          expect(run(destination, sent)).toMatchObject({ sct: 0, sc: 0 });
        }
        expect(save(destination, 11)).toEqual(state);
        run(source, resume(1));
        run(destination, resume(11));
        for (const command of next) expect(execute(moved, command)).toEqual(execute(guest, command));
      },
    ),
    { numRuns: numRuns(20, 400), seed: 20261126 },
  );
});
