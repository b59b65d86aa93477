import { fail, type Result, succeed } from '#shared/result.ts';
import type { ConsoleHost } from './console-host.ts';

/** `length` bytes from a file, or zeroes where no file is named. A shorter file is refused, as nvme-cli does. */
export async function readInput(
  host: ConsoleHost,
  path: string | undefined,
  length: number,
): Promise<Result<Uint8Array>> {
  if (path === undefined) return succeed(new Uint8Array(length));
  const read = await host.files?.read(path);
  if (read === undefined || (!read.ok && read.error.code === 'not-found'))
    return fail('not-found', `${path}: No such file or directory`, { object: path });
  if (!read.ok) return read;
  const bytes = read.value;
  if (bytes.length < length)
    return fail('invalid-request', `${path} has ${bytes.length} bytes, but ${length} are needed`, {
      object: path,
    });
  return succeed(bytes.slice(0, length));
}

export async function writeOutput(host: ConsoleHost, path: string, bytes: Uint8Array): Promise<Result<void>> {
  if (host.files !== undefined) return host.files.write(path, bytes);
  return fail('refused', `${path}: Permission denied`, { object: path });
}
