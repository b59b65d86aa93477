import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { discoverFleet } from '#backend/fleet/discovery.ts';
import { openCapture } from '#backend/hosts/capture/capture.ts';
import { createCaptureConnection } from '#backend/hosts/capture/capture-connection.ts';
import { runRecord } from '../record.ts';
import { type FakeHost, type FakeHostOptions, makeFakeHost } from './fake-host.ts';

export const captures = path.join(import.meta.dirname, '../../../../e2e/captures');

/** Milliseconds: guards against hanging, since every run starts some hundred processes. */
export const patience = 60_000;

const places: string[] = [];
/** To call after each test. */
export async function removePlaces(): Promise<void> {
  for (const own of places.splice(0)) await rm(own, { recursive: true });
}

/** A place of its own for each run. */
export function place(): string {
  const own = mkdtempSync(path.join(tmpdir(), 'berth-record-'));
  places.push(own);
  return own;
}

export const environment = (host: FakeHost, own: string) => ({
  PATH: `${host.programs}:/usr/bin:/bin`,
  BERTH_RECORD_ROOT: host.root,
  TMPDIR: own,
});

/** Runs `berth record` on a fake host of a snapshot; what it records is called as the capture, so that fleets compare. */
export async function recordHost(
  capture: string,
  snapshot: string,
  options: FakeHostOptions,
  {
    args = [],
    prepare,
    suffix = '',
  }: { args?: string[]; prepare?: (host: FakeHost) => void; suffix?: string } = {},
) {
  const own = place();
  const host = await makeFakeHost(own, path.join(captures, capture), snapshot, options);
  prepare?.(host);
  const output = path.join(own, `${capture}${suffix}`);
  let [out, err] = ['', ''];
  const io = {
    out: (text: string | Uint8Array) => {
      out += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    err: (text: string) => {
      err += text;
    },
    readStdin: async () => '',
    version: async () => '',
  };
  const request = { script: false, output, anonymize: args.includes('--anonymize'), timeout: '2' };
  const code = await runRecord(request, io, {
    ...{ platform: 'linux', shell: '/bin/sh', env: environment(host, own) },
  });
  const left = readdirSync(own).filter((name) => name.startsWith('berth-record.'));
  return { code, out, err, output, host, left };
}

/** The fleet without what belongs to the recording and not to the host. */
export async function fleetOfCapture(capture: string, snapshot?: string) {
  const opened = await openCapture(capture, snapshot);
  if (!opened.ok) throw new Error(opened.error.message);
  const source = {
    ...{ kind: 'capture' as const, name: 'capture', label: 'capture' },
    ...{ simulated: false, readOnly: 'recording', seed: null },
  };
  const { fleet } = await discoverFleet([createCaptureConnection(opened.value)], source);
  const own = new Set(['problems', 'kernel', 'platform']);
  return JSON.parse(JSON.stringify(fleet, (key, value) => (own.has(key) ? undefined : value)));
}

export async function problemsOf(capture: string) {
  const opened = await openCapture(capture);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.problems;
}

export function* filesIn(top: string): Generator<string> {
  for (const name of readdirSync(top)) {
    const file = path.join(top, name);
    if (statSync(file).isDirectory()) yield* filesIn(file);
    else yield file;
  }
}

export const textIn = (capture: string, file: string) => readFileSync(path.join(capture, file), 'utf8');
