import { readFile } from 'node:fs/promises';
import { openTerminal } from '#backend/terminal/line-editor.ts';
import { exitCodes } from './command-line-io.ts';
import { runBerth } from './run-berth.ts';

/** Bytes of lines that are read before the first one runs. */
const largestInput = 16 * 1024 * 1024;

/** Entry of the command line: `berth inventory | exec | shell | replay | explain | record …`. */
async function readVersion(): Promise<string> {
  // Both this file and the built one lie two folders below package.json.
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return String(version);
}

// A reader that stops early (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runBerth(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  ...(process.stderr.isTTY ? { progress: (text) => process.stderr.write(`\r\x1b[K${text}`) } : {}),
  readStdin: async () => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of process.stdin) {
      const bytes = chunk as Uint8Array;
      length += bytes.length;
      if (length > largestInput) {
        process.stderr.write(`berth: standard input has more than ${largestInput} bytes\n`);
        process.exit(exitCodes.refused);
      }
      chunks.push(bytes);
    }
    return Buffer.concat(chunks).toString('utf8');
  },
  openTerminal: (options) => openTerminal(process.stdin, process.stdout, options),
  version: readVersion,
});
