import { readFile, stat } from 'node:fs/promises';
import { createVirtualClock } from '#backend/console/virtual-clock.ts';
import type { HostConnection } from '#backend/hosts/host-connection.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';

/** What SOURCE names: a capture folder, or the fleet file of a simulated fleet. */
type NamedSource =
  | { readonly kind: 'capture' }
  | { readonly kind: 'fleet'; readonly file: FleetFile; readonly label: string };

async function nameSource(source: string): Promise<Result<NamedSource>> {
  const found = await stat(source).catch(() => null);
  if (found?.isDirectory()) return succeed({ kind: 'capture' });
  if (found?.isFile()) {
    const { parseFleetFile } = await import('#shared/fleet-file/parse.ts');
    const file = parseFleetFile(await readFile(source, 'utf8'), source);
    return file.ok
      ? succeed({ kind: 'fleet', file: file.value, label: `Simulated fleet from ${source}` })
      : file;
  }
  const { builtInFleets, findBuiltInFleet } = await import(
    '#backend/hosts/simulated/built-in/built-in-fleets.ts'
  );
  const fleet = findBuiltInFleet(source);
  if (fleet !== undefined)
    return succeed({ kind: 'fleet', file: fleet.build(), label: `Simulated fleet ${fleet.name}` });
  return fail('not-found', `${source} is not a folder, not a file and not a built-in fleet`, {
    object: source,
    fix: `Name a capture folder, a fleet file, or one of: ${builtInFleets.map(({ name }) => name).join(', ')}`,
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
  const { twinFleetFile } = await import('#backend/hosts/capture/twin.ts');
  const capture = await openCapture(source, snapshot);
  return capture.ok ? twinFleetFile(capture.value) : capture;
}

/** Connections to the hosts of a source, read-only ones for a capture. */
export async function openConnections(
  source: string,
  snapshot: string | undefined,
): Promise<Result<{ readonly connections: readonly HostConnection[]; readonly source: FleetSource }>> {
  const named = await nameSource(source);
  if (!named.ok) return named;
  if (named.value.kind === 'fleet') {
    const { file, label } = named.value;
    const checked = withoutSnapshot(source, snapshot, file);
    if (!checked.ok) return checked;
    const { createSimulatedFleet } = await import('#backend/hosts/simulated/simulated-fleet.ts');
    const fleet = createSimulatedFleet(file, { clock: createVirtualClock(0), trace: (queue) => queue });
    if (!fleet.ok) return fleet;
    return succeed({
      connections: fleet.value.hosts,
      source: {
        kind: 'simulated',
        name: file.name,
        label: `${label} · seed ${file.seed}`,
        simulated: true,
        readOnly: null,
        seed: file.seed,
      },
    });
  }
  const { openCapture } = await import('#backend/hosts/capture/capture.ts');
  const { captureReadOnlyReason, createCaptureConnection } = await import(
    '#backend/hosts/capture/capture-connection.ts'
  );
  const capture = await openCapture(source, snapshot);
  if (!capture.ok) return capture;
  const { name, snapshot: shown } = capture.value;
  return succeed({
    connections: [createCaptureConnection(capture.value)],
    source: {
      kind: 'capture',
      name,
      label: `Capture ${name} · snapshot ${shown}`,
      simulated: false,
      readOnly: captureReadOnlyReason,
      seed: null,
    },
  });
}

function withoutSnapshot<T>(source: string, snapshot: string | undefined, value: T): Result<T> {
  if (snapshot === undefined) return succeed(value);
  return fail('invalid-request', `${source} is not a capture, so it has no snapshots`, {
    object: source,
    field: '--snapshot',
    fix: 'Leave --snapshot out',
  });
}
