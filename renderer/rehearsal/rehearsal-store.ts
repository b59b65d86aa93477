import { create } from 'zustand';
import { largestScript, type Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from '../bridge/client.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { goTo } from '../navigation.ts';

/** A script, and what has come of it on a copy of the fleet. */
export interface RehearsalView {
  /** Whether the Commands screen shows it, and not the commands. */
  readonly isShown: boolean;
  readonly script: { readonly name: string; readonly text: string } | null;
  /** Where it runs; null: the first host. */
  readonly hostId: string | null;
  readonly pauseBeforeInterruption: boolean;
  /** As the main process told it last; null while there is no copy. */
  readonly rehearsal: Rehearsal | null;
  readonly isStarting: boolean;
  readonly error: BerthError | null;
  /** The line whose commands are shown; null: all. */
  readonly chosenLine: number | null;
}

export const useRehearsal = create<RehearsalView>(() => ({
  isShown: false,
  script: null,
  hostId: null,
  pauseBeforeInterruption: true,
  rehearsal: null,
  isStarting: false,
  error: null,
  chosenLine: null,
}));

export function showRehearsal(): void {
  useRehearsal.setState({ isShown: true });
  goTo('commands');
}

export function isScriptName(name: string): boolean {
  return /\.(?:sh|bash)$/i.test(name);
}

/** Reads a script that a person chose or dropped, and makes a copy of the fleet for it. */
export async function openScript(file: File): Promise<void> {
  showRehearsal();
  const refused = (message: string, fix: string) =>
    useRehearsal.setState({ error: { code: 'invalid-file', message, object: file.name, fix } });
  if (file.size > largestScript)
    return refused(
      `${file.name} has ${file.size.toLocaleString('en-US')} bytes; a script has at most ${largestScript / 1024} KiB.`,
      'Choose the script itself, not its data.',
    );
  const text = await file.text().catch(() => null);
  if (text === null) return refused(`${file.name} cannot be read.`, 'Look whether it is still there.');
  if (text.includes('\0'))
    return refused(`${file.name} is not a text.`, 'Choose a text file with the lines of a shell script.');
  useRehearsal.setState({ script: { name: file.name, text } });
  await startAgain();
}

/** A fresh copy; nothing of the script has run on it. */
export async function startAgain(): Promise<void> {
  const { script, isStarting } = useRehearsal.getState();
  const hostId = rehearsalHost();
  if (script === null || hostId === null || isStarting) return;
  listen();
  useRehearsal.setState({ isStarting: true, error: null, chosenLine: null });
  const started = await client.call('rehearsal:start', { ...script, hostId });
  if (started.ok) useRehearsal.setState({ isStarting: false, rehearsal: started.value });
  else useRehearsal.setState({ isStarting: false, rehearsal: null, error: started.error });
}

/** The host that it runs on. */
export function rehearsalHost(): string | null {
  const { fleet } = useFleetMirror.getState();
  const { hostId } = useRehearsal.getState();
  const hosts = Object.keys(fleet?.hosts ?? {});
  return hostId !== null && hosts.includes(hostId) ? hostId : (hosts[0] ?? null);
}

export async function goOn(
  how: 'step' | 'on' | 'to-line',
  more: { readonly line?: number; readonly skip?: boolean } = {},
): Promise<void> {
  const { rehearsal, pauseBeforeInterruption } = useRehearsal.getState();
  if (rehearsal === null) return;
  const { line, skip = false } = more;
  const request = { id: rehearsal.id, how, skip, pauseBeforeInterruption };
  const answer = await client.call('rehearsal:go-on', line === undefined ? request : { ...request, line });
  if (!answer.ok) useRehearsal.setState({ error: answer.error });
}

export async function stopRehearsal(): Promise<void> {
  const { rehearsal } = useRehearsal.getState();
  if (rehearsal === null) return;
  const answer = await client.call('rehearsal:stop', { id: rehearsal.id });
  if (!answer.ok) useRehearsal.setState({ error: answer.error });
}

let isListening = false;

/** From the first rehearsal on. */
function listen(): void {
  if (isListening) return;
  isListening = true;
  client.listen('rehearsal:changed', (rehearsal) => {
    if (useRehearsal.getState().rehearsal?.id === rehearsal.id) useRehearsal.setState({ rehearsal });
  });
  client.listen('fleet:replaced', () => {
    if (useRehearsal.getState().rehearsal === null) return;
    useRehearsal.setState({
      rehearsal: null,
      hostId: null,
      error: {
        code: 'aborted',
        message: 'Another fleet was opened, so the rehearsal has ended.',
        fix: 'Start the script again on a copy of this one.',
      },
    });
  });
}
