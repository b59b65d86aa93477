import { createVirtualClock } from '#backend/console/virtual-clock.ts';
import { kindOfPath } from '#backend/files/read-file.ts';
import { readFleetFileText } from '#backend/files/read-fleet-file.ts';
import { inTurns } from '#backend/in-turns.ts';
import type { OpenedSource } from '#backend/sources/open-source.ts';
import { hasArchiveName } from '#shared/archive-name.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';

/** What SOURCE names: a capture, or the fleet file of a simulated fleet. */
type NamedSource =
  | { readonly kind: 'capture' }
  | { readonly kind: 'fleet'; readonly file: FleetFile; readonly builtIn: boolean };

async function nameSource(source: string): Promise<Result<NamedSource>> {
  const found = await kindOfPath(source, 'a capture or a fleet file');
  if (!found.ok && found.error.code !== 'not-found') return found;
  if (found.ok && (found.value === 'folder' || hasArchiveName(source))) return succeed({ kind: 'capture' });
  if (found.ok) {
    const text = await readFleetFileText(source);
    if (!text.ok) return text;
    const { parseFleetFile } = await import('#shared/fleet-file/parse.ts');
    const file = await inTurns(parseFleetFile(text.value, source));
    return file.ok ? succeed({ kind: 'fleet', file: file.value, builtIn: false }) : file;
  }
  const { builtInFleets, findBuiltInFleet } = await import(
    '#backend/hosts/simulated/built-in/built-in-fleets.ts'
  );
  const fleet = findBuiltInFleet(source);
  if (fleet !== undefined) return succeed({ kind: 'fleet', file: fleet.build(), builtIn: true });
  return fail('not-found', `${source} is not a folder, a file or a built-in fleet`, {
    object: source,
    fix: `Give a capture folder or archive, a fleet file, or one of: ${builtInFleets.map(({ name }) => name).join(', ')}`,
  });
}

/** The fleet file to simulate: that of the source, or the twin of a capture. */
export async function openFleetFile(
  source: string,
  snapshot: string | undefined,
): Promise<Result<FleetFile>> {
  const named = await nameSource(source);
  if (!named.ok) return named;
  if (named.value.kind === 'fleet') return withoutSnapshot(source, snapshot, named.value.file);
  const { openCapture } = await import('#backend/hosts/capture/capture.ts');
  const { twinFleetFile } = await import('#backend/hosts/capture/twin/twin.ts');
  const capture = await openCapture(source, snapshot);
  return capture.ok ? inTurns(twinFleetFile(capture.value)) : capture;
}

/** Connections to the hosts of a source, read-only ones for a capture. */
export async function openConnections(
  source: string,
  snapshot: string | undefined,
): Promise<Result<Pick<OpenedSource, 'connections' | 'source'>>> {
  const named = await nameSource(source);
  if (!named.ok) return named;
  if (named.value.kind === 'fleet') {
    const checked = withoutSnapshot(source, snapshot, named.value.file);
    if (!checked.ok) return checked;
  }
  const { openSource } = await import('#backend/sources/open-source.ts');
  const request =
    named.value.kind === 'fleet' && named.value.builtIn
      ? ({ kind: 'built-in', name: source } as const)
      : ({
          kind: 'path',
          path: source,
          as: 'recorded',
          ...(snapshot === undefined ? {} : { snapshot }),
        } as const);
  return openSource(request, { clock: createVirtualClock(0), trace: (queue) => queue });
}

function withoutSnapshot<T>(source: string, snapshot: string | undefined, value: T): Result<T> {
  if (snapshot === undefined) return succeed(value);
  return fail('invalid-request', `${source} is not a capture, so it has no snapshots`, {
    object: source,
    field: '--snapshot',
    fix: 'Omit --snapshot',
  });
}
