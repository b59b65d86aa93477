import { create } from 'zustand';
import { type NvmeCliRelease, usualRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { largestScript, type Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from '../bridge/client.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { goTo } from '../navigation.ts';
import { stage } from '../procedures/intents.ts';

/** A script, and what has come of it on a copy of the fleet. */
export interface RehearsalView {
  /** Whether the Commands screen shows it, and not the commands. */
  readonly isShown: boolean;
  readonly script: { readonly name: string; readonly text: string } | null;
  /** Where it runs; null: the first host. */
  readonly hostId: string | null;
  /** The release of nvme-cli that `nvme` is in it. */
  readonly nvme: NvmeCliRelease;
  readonly pauseBeforeInterruption: boolean;
  /** As the main process told it last; null while there is no copy. */
  readonly rehearsal: Rehearsal | null;
  readonly isStarting: boolean;
  readonly error: BerthError | null;
  /** The line whose commands are shown; null: all. */
  readonly chosenLine: number | null;
  /** The function whose lines and changes are shown; null: all. */
  readonly chosenFunction: string | null;
  /** Whether the terminal on the copy is shown. */
  readonly terminal: boolean;
}

export const useRehearsal = create<RehearsalView>(() => ({
  isShown: false,
  script: null,
  hostId: null,
  nvme: usualRelease,
  pauseBeforeInterruption: true,
  rehearsal: null,
  isStarting: false,
  error: null,
  chosenLine: null,
  chosenFunction: null,
  terminal: false,
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
  const { script, nvme, isStarting } = useRehearsal.getState();
  const hostId = rehearsalHost();
  if (script === null || hostId === null || isStarting) return;
  listen();
  useRehearsal.setState({ isStarting: true, error: null, chosenLine: null, chosenFunction: null });
  const started = await client.call('rehearsal:start', { ...script, hostId, nvme });
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
  more: { readonly line?: number; readonly skip?: 'change' | 'line' } = {},
): Promise<void> {
  const { rehearsal, pauseBeforeInterruption } = useRehearsal.getState();
  if (rehearsal === null) return;
  const { line, skip = 'no' as const } = more;
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

/** Shows what differs on the copy as a procedure of the real fleet. Nothing runs until it is applied there. */
export async function planForReal(): Promise<void> {
  const { rehearsal } = useRehearsal.getState();
  if (rehearsal === null) return;
  const answer = await client.call('rehearsal:change', { id: rehearsal.id });
  if (!answer.ok) useRehearsal.setState({ error: answer.error });
  else if (answer.value.intent === null)
    useRehearsal.setState({
      error: {
        code: 'refused',
        message: 'Nothing of what changed on the copy can be planned as a procedure.',
        object: rehearsal.name,
        fix: 'Do it by hand, with the report beside you.',
        details: answer.value.left,
      },
    });
  else {
    useRehearsal.setState({ error: null });
    stage(answer.value.intent, answer.value.left);
  }
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
