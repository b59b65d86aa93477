import { largestFleetFile } from '#shared/bounds/sizes.ts';
import { writeJsonWithin } from '#shared/bounds/write-json.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import { findTextProblems } from '#shared/fleet-file/parse.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { giveWay } from '../event-loop.ts';
import { builtInFleets, findBuiltInFleet } from '../hosts/simulated/built-in/built-in-fleets.ts';
import { joinParts } from '../hosts/simulated/file/state-parts.ts';
import { inTurns } from '../in-turns.ts';
import type { RunnerSource } from '../procedures/runner-dependencies.ts';
import type { Handlers } from './handler.ts';

export type FleetFileChannel = 'fleet-file:template' | 'fleet-file:check';

/** What the fleet editor needs of the backend: something to start from, and what is wrong with a text. */
export function createFleetFileHandlers(deps: {
  readonly sources: { current(): Pick<RunnerSource, 'state'> };
  readonly source: () => FleetSource;
}): Handlers<FleetFileChannel> {
  return {
    'fleet-file:check': async ({ text }) =>
      succeed({ problems: [...(await inTurns(findTextProblems(text)))] }),
    'fleet-file:template': async (request) => {
      if (request.kind === 'built-in') {
        const fleet = findBuiltInFleet(request.name);
        if (fleet === undefined)
          return fail('not-found', `There is no built-in fleet ${request.name}.`, {
            object: request.name,
            fix: `Choose one of: ${builtInFleets.map((known) => known.name).join(', ')}`,
          });
        return template(fleet.build(), fleet.name);
      }
      const { name } = deps.source();
      const { state } = deps.sources.current();
      if (state === null)
        return fail('not-supported', `${name} is a capture, not a fleet file.`, {
          object: name,
          fix: 'Open it as a simulated twin first.',
        });
      await state.prepare();
      const parts = state.parts();
      // Of one instant, so in a turn of its own; everything else has the next one.
      await giveWay();
      const file = await inTurns(joinParts(parts));
      return template(file as FleetFile, name);
    },
  };
}

/** Errors: `not-supported` for what no editor takes and nobody could open again. */
async function template(file: FleetFile, name: string): Promise<Result<{ text: string; name: string }>> {
  const text = await inTurns(writeJsonWithin(file, largestFleetFile - 1, 2));
  if (text === null)
    return fail(
      'not-supported',
      `The fleet file of ${name} would have more than ${largestFleetFile} characters, which is too large for one.`,
      {
        object: name,
        fix: 'Unbind virtual functions that are not needed from their drivers: controllers in use take most of it.',
      },
    );
  return succeed({ text: `${text}\n`, name });
}
