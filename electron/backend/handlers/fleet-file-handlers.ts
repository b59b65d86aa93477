import { writeJson } from '#shared/bounds/write-json.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import { findTextProblems } from '#shared/fleet-file/parse.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fail, succeed } from '#shared/result.ts';
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
        return succeed({ text: await indented(fleet.build()), name: fleet.name });
      }
      const { name } = deps.source();
      const { state } = deps.sources.current();
      if (state === null)
        return fail('not-supported', `${name} is a capture, not a fleet file.`, {
          object: name,
          fix: 'Open it as a simulated twin first.',
        });
      await state.prepare();
      const file = await inTurns(joinParts(state.parts()));
      return succeed({ text: await indented(file as FleetFile), name });
    },
  };
}

async function indented(file: FleetFile): Promise<string> {
  return `${await inTurns(writeJson(file, 2))}\n`;
}
