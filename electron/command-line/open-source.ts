import path from 'node:path';
import { createVirtualClock } from '#backend/console/virtual-clock.ts';
import { kindOfPath } from '#backend/files/read-file.ts';
import type { OnRead } from '#backend/hosts/capture/storage/unpack-archive.ts';
import { inTurns } from '#backend/in-turns.ts';
import type { OpenedSource } from '#backend/sources/open-source.ts';
import { hasArchiveName } from '#shared/archive-name.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { CommandLineIo } from './command-line-io.ts';
import { showingProgress } from './reading-progress.ts';

/**
 * What SOURCE names: a built-in fleet, or a path (to a capture, a fleet file, outputs of tools). Several are files of one
 * host. `standardInput`: the text that `-` stands for; `io`: where it is shown how far an archive is read.
 */
export interface SourceArguments {
  readonly sources: readonly string[];
  readonly snapshot: string | undefined;
  readonly standardInput?: () => Promise<string>;
  readonly io?: Pick<CommandLineIo, 'progress'>;
}

async function requestOf(given: SourceArguments): Promise<Result<OpenRequest>> {
  const { sources, snapshot, standardInput } = given;
  const [source = '', ...others] = sources;
  if (source === '-' && standardInput !== undefined)
    return withoutSnapshot('-', snapshot, { kind: 'text', text: await standardInput(), as: 'recorded' });
  if (others.length > 0)
    return withoutSnapshot(source, snapshot, { kind: 'paths', paths: [...sources], as: 'recorded' });
  const found = await kindOfPath(source, 'a capture, a fleet file or a file with outputs of tools');
  if (!found.ok && found.error.code !== 'not-found') return found;
  if (found.ok) {
    const request = { kind: 'path', path: source, as: 'recorded' } as const;
    if (found.value === 'file' && !hasArchiveName(source)) return withoutSnapshot(source, snapshot, request);
    return succeed({ ...request, ...(snapshot === undefined ? {} : { snapshot }) });
  }
  const { builtInFleets, findBuiltInFleet } = await import(
    '#backend/hosts/simulated/built-in/built-in-fleets.ts'
  );
  if (findBuiltInFleet(source) !== undefined)
    return withoutSnapshot(source, snapshot, { kind: 'built-in', name: source });
  return fail('not-found', `${source} is not a folder, a file or a built-in fleet`, {
    object: source,
    fix: `Give a capture folder or archive, a fleet file, a file with outputs of nvme-cli, or one of: ${builtInFleets.map(({ name }) => name).join(', ')}`,
  });
}

/** The fleet file to simulate: that of the source, or the twin of what was recorded. */
export async function openFleetFile(given: SourceArguments): Promise<Result<FleetFile>> {
  const request = await requestOf(given);
  if (!request.ok) return request;
  const { parseFleetFile } = await import('#shared/fleet-file/parse.ts');
  if (request.value.kind === 'built-in') {
    const { findBuiltInFleet } = await import('#backend/hosts/simulated/built-in/built-in-fleets.ts');
    const fleet = findBuiltInFleet(request.value.name);
    if (fleet !== undefined) return succeed(fleet.build());
  }
  const content = await showingProgress(given.io ?? {}, given.sources, (onRead) =>
    contentOf(request.value, onRead),
  );
  if (!content.ok) return content;
  if (content.value.kind === 'fleet-file')
    return inTurns(parseFleetFile(content.value.text, given.sources[0] ?? ''));
  const { twinFleetFile } = await import('#backend/hosts/capture/twin/twin.ts');
  return inTurns(twinFleetFile(content.value.capture));
}

async function contentOf(request: OpenRequest, onRead: OnRead | undefined) {
  const { readOutputFiles, readPastedOutputs, readSource } = await import(
    '#backend/sources/read-recorded.ts'
  );
  switch (request.kind) {
    case 'path':
      return readSource(request.path, request.snapshot, { onRead });
    case 'paths':
      return readOutputFiles(request.paths, { onRead });
    case 'text':
      return readPastedOutputs(request.text);
    case 'built-in':
      return fail('not-found', `There is no built-in fleet ${request.name}`, { object: request.name });
  }
}

/** Connections to the hosts of a source, read-only ones for what was recorded. */
export async function openConnections(given: SourceArguments): Promise<Result<OpenedSource>> {
  const request = await requestOf(given);
  if (!request.ok) return request;
  const { openSource } = await import('#backend/sources/open-source.ts');
  const opened = await showingProgress(given.io ?? {}, given.sources, (onRead) =>
    openSource(request.value, { clock: createVirtualClock(0), trace: (queue) => queue, onRead }),
  );
  const [source = ''] = given.sources;
  // On the command line people know a file by the path that they gave.
  if (!opened.ok && opened.error.object === path.basename(source))
    return { ok: false, error: { ...opened.error, object: source } };
  return opened;
}

function withoutSnapshot<T>(source: string, snapshot: string | undefined, value: T): Result<T> {
  if (snapshot === undefined) return succeed(value);
  return fail('invalid-request', `${source} is not a capture, so it has no snapshots`, {
    object: source,
    field: '--snapshot',
    fix: 'Omit --snapshot',
  });
}
