import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { fleetDifference } from '#shared/rehearsal/difference.ts';
import { intentOfDifference, type PlannableDifference } from '#shared/rehearsal/intent-of-difference.ts';
import type { Interruption, Rehearsal, Threat } from '#shared/rehearsal/rehearsal.ts';
import { touchedDrives } from '#shared/rehearsal/touched-drives.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { ConsoleHost } from '../console/console-host.ts';
import { openShell } from '../console/host-shell/open-shell.ts';
import type { Shell } from '../console/host-shell/shell.ts';
import type { RunEnd } from '../console/host-shell/shell-run.ts';
import { createSimulatedConsole } from '../console/simulated-console.ts';
import { giveWay } from '../event-loop.ts';
import type { FleetWriter } from '../fleet/fleet-writer.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import { createQueueTracer } from '../hosts/traced-admin-queue.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { type HostChange, type Verdict, watchConsole } from '../terminal/watched-console.ts';
import { foresee, mayInterrupt } from './foresee.ts';
import { LineRecords } from './line-records.ts';
import { traceConsole } from './trace-console.ts';

/** Milliseconds of the machine that a script may work; what it is paused does not count. */
const longestWork = 120_000;
/** Rounds of one loop: each has its pause for everything else. */
const mostRounds = 10_000;
/** Bytes that it may print. */
const mostOutput = 16 * 1024 * 1024;
/** As `berth exec` does, so that what takes time comes to its end between two lines. */
const betweenLinesMilliseconds = 1000;
/** Reading the fleet again may take one part in so many of the whole time. */
const readingShare = 5;
/** Milliseconds of a reading that is done behind every line. */
const quickReading = 50;
/** Stands for no line of the script. */
const byHand = 0;
/** Objects of the difference, and interruptions, that are listed. */
const listedObjects = 200;

/** How it goes on. */
export interface GoOn {
  /** To the next line, without a pause, or up to a line. */
  readonly how: 'step' | 'on' | 'to-line';
  readonly line?: number | undefined;
  /** Whether it pauses before a line that would interrupt a guest. */
  readonly pauseBeforeInterruption: boolean;
  /**
   * The change that it is paused before is left out, as if it had been made; `line`: and from now on every change of its
   * line.
   */
  readonly skip: 'no' | 'change' | 'line';
}

export interface RehearsalWorld {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly host: SimulatedHost;
  readonly nvme: NvmeCliRelease;
  readonly simulation: Simulation;
  /** Of the copy. */
  readonly writer: Pick<FleetWriter, 'fleet' | 'reread'>;
  readonly copyOf: Rehearsal['copyOf'];
  /** Something of the state is new. */
  readonly onChange: () => void;
}

/** A script that is run on a copy of a fleet, line by line or at once. */
export class RehearsalRun {
  readonly #world: RehearsalWorld;
  readonly #before: Fleet;
  readonly #records = new LineRecords();
  readonly #stop = new AbortController();
  #status: Rehearsal['status'] = 'ready';
  #goOn: GoOn = { how: 'step', pauseBeforeInterruption: true, skip: 'no' };
  #at = 0;
  /** Something was printed or sent since the script came to the line. */
  #hasActed = false;
  #threat: Threat | null = null;
  #release: (() => void) | null = null;
  #end: Rehearsal['end'] = null;
  readonly #interrupted: Interruption[] = [];
  readonly #leftOut = new Set<number>();
  /** What a change is about to interrupt. */
  #foreseen: Threat | null = null;
  /** Lines that did something since the fleet was read; `byHand`: somebody who typed did. */
  #unread = new Set<number>();
  readonly #causes = new Map<string, Set<number>>();
  #lastReading = { endedAt: 0, took: 0 };
  #worked = 0;
  #typedLines = 0;
  #resumedAt = 0;
  #listed: { readonly fleet: Fleet; readonly objects: ReturnType<typeof fleetDifference> } | null = null;
  readonly #beganAt: number;

  constructor(world: RehearsalWorld) {
    this.#world = world;
    this.#before = world.writer.fleet;
    this.#beganAt = world.simulation.clock.microseconds();
  }

  /** Starts it, or lets it go on; nothing when it runs or has ended. */
  goOn(goOn: GoOn): Result<void> {
    if (this.#typedLines > 0)
      return fail('busy', 'A line of the terminal on the copy is running.', {
        fix: 'Wait until it has ended, or stop it with Ctrl C in the terminal.',
      });
    this.#goOn = goOn;
    if (goOn.skip === 'line' && this.#status === 'paused') this.#leftOut.add(this.#at);
    if (this.#status === 'ready') void this.#run();
    else if (this.#status === 'paused') this.#release?.();
    return succeed(undefined);
  }

  /** A console for somebody who types on the copy: it changes nothing while the script runs. */
  typist(): ConsoleHost {
    const { host, simulation } = this.#world;
    return watchConsole(createSimulatedConsole(host, { clock: simulation.clock }), {
      before: async () =>
        this.#status === 'running'
          ? { kind: 'refuse', error: { code: 'busy', message: 'The script runs on this copy.' } }
          : { kind: 'make' },
      after: (_, refusal) => {
        if (refusal === null) this.#unread.add(byHand);
      },
    });
  }

  /** Runs a line that somebody typed on the copy, and reads what it changed. */
  async typed<T>(run: () => Promise<T>): Promise<T> {
    this.#typedLines += 1;
    try {
      const end = await run();
      if (this.#unread.has(byHand)) {
        await this.#world.simulation.clock.advance(betweenLinesMilliseconds);
        await this.#read(true);
      }
      return end;
    } finally {
      this.#typedLines -= 1;
      this.#world.onChange();
    }
  }

  /** What differs from before, as a change of the fleet that was copied. */
  change(): PlannableDifference {
    return intentOfDifference(this.#before, this.#world.writer.fleet);
  }

  get world(): RehearsalWorld {
    return this.#world;
  }

  /** Ends it where it is. */
  stop(): void {
    this.#stop.abort();
    this.#world.host.cancelPending();
    this.#release?.();
    if (this.#status === 'ready') this.#finish({ kind: 'stopped', line: 0, reason: 'it was stopped' });
  }

  state(): Rehearsal {
    const { id, name, text, host, nvme, writer, copyOf, simulation } = this.#world;
    const { fleet } = writer;
    if (this.#listed?.fleet !== fleet)
      this.#listed = { fleet, objects: fleetDifference(this.#before, fleet) };
    const objects = this.#listed.objects.map((object) => ({ ...object, ...this.#causesOf(object.id) }));
    return {
      ...{ id, name, nvme, copyOf },
      script: scriptLines(text),
      host: { id: host.id, name: hostTitle(fleet, host.id) },
      status: this.#status,
      at: this.#at,
      threat: this.#threat,
      end: this.#end,
      lines: this.#records.lines(),
      leftOut: [...this.#leftOut].sort(ascending),
      acts: this.#records.acts(),
      counts: { ...this.#records.counts },
      milliseconds: Math.max(0, (simulation.clock.microseconds() - this.#beganAt) / 1000),
      interrupted: this.#interrupted.slice(0, listedObjects),
      difference: objects.slice(0, listedObjects),
      differenceLeft: Math.max(0, objects.length - listedObjects),
      drives: touchedDrives(fleet, objects, this.#threat?.functionIds ?? []),
    };
  }

  #causesOf(id: string): { readonly lines: number[]; readonly typed: boolean } {
    const causes = [...(this.#causes.get(id) ?? [])].sort(ascending);
    return { lines: causes.filter((line) => line !== byHand), typed: causes.includes(byHand) };
  }

  async #run(): Promise<void> {
    const { clock } = this.#world.simulation;
    this.#status = 'running';
    this.#resumedAt = performance.now();
    this.#world.onChange();
    const betweenLines = async () => {
      if (clock.mode === 'as-fast-as-possible') await clock.advance(betweenLinesMilliseconds);
    };
    const shell: Shell = await openShell(this.#console(), {
      ...{ betweenLines, nvme: this.#world.nvme },
      bounds: { milliseconds: Number.POSITIVE_INFINITY, outputBytes: mostOutput, loopRounds: mostRounds },
    });
    const end = await shell.run(
      this.#world.text,
      {
        onLine: (line, begins) => this.#beforeLine(line, begins),
        onOutput: ({ stream, line, bytes, binary, refusals }) => {
          this.#hasActed = true;
          const text = binary ? `[${bytes.length} bytes]\n` : new TextDecoder().decode(bytes);
          this.#records.printed(line, stream, text);
          for (const refusal of refusals) this.#records.because(line, refusal);
          this.#world.onChange();
        },
        onUnit: async ({ exit }) => {
          if (exit !== 0) this.#records.failed(this.#at);
          await betweenLines();
        },
      },
      this.#stop.signal,
    );
    shell.close();
    await this.#read(true);
    this.#finish(end);
  }

  #console(): ConsoleHost {
    const { host, simulation } = this.#world;
    const { clock } = simulation;
    const tracer = createQueueTracer(clock, (traced) => {
      this.#hasActed = true;
      this.#records.command(this.#at, traced);
      this.#world.onChange();
    });
    return watchConsole(traceConsole(createSimulatedConsole(host, { clock }), host, tracer), {
      before: (change) => this.#beforeChange(change),
      after: (change, refusal) => this.#afterChange(change, refusal),
    });
  }

  async #beforeLine(line: number, begins: boolean): Promise<void> {
    if (this.#stop.signal.aborted || !begins || (line === this.#at && !this.#hasActed)) return;
    await this.#read(false);
    this.#at = line;
    this.#hasActed = false;
    const { how, line: wanted } = this.#goOn;
    if (how === 'step' || (how === 'to-line' && line === wanted)) await this.#pause(null);
    this.#records.pass(line);
    this.#world.onChange();
    if (this.#worked + performance.now() - this.#resumedAt > longestWork) {
      this.#records.refused(line, `It has worked for ${longestWork / 1000} s, which is as long as it may.`);
      this.#stop.abort();
    }
  }

  async #beforeChange(change: HostChange): Promise<Verdict> {
    const { writer, host } = this.#world;
    this.#foreseen = null;
    if (this.#leftOut.has(this.#at)) return this.#leaveOut();
    if (!mayInterrupt(change, writer.fleet, host.id, host.sysfs)) return { kind: 'make' };
    await this.#read(true);
    this.#foreseen = foresee(change, { fleet: writer.fleet, hostId: host.id, sysfs: host.sysfs });
    if (this.#foreseen === null || !this.#goOn.pauseBeforeInterruption) return { kind: 'make' };
    await this.#pause(this.#foreseen);
    if (this.#stop.signal.aborted) return { kind: 'leave-out' };
    return this.#goOn.skip === 'no' ? { kind: 'make' } : this.#leaveOut();
  }

  #leaveOut(): Verdict {
    this.#records.skipped(this.#at);
    return { kind: 'leave-out' };
  }

  #afterChange(change: HostChange, refusal: string | null): void {
    // Behind a write the shell itself has a command on the same line, which is none of the script.
    if (change.kind !== 'sysfs') this.#hasActed = true;
    if (refusal === null) this.#unread.add(this.#at);
    if (change.kind !== 'command') this.#records.change(this.#at, change, refusal);
    if (refusal !== null) this.#records.refused(this.#at, refusal);
    else if (this.#foreseen !== null && this.#interrupted.length < listedObjects)
      this.#interrupted.push({ line: this.#at, threat: this.#foreseen });
    this.#foreseen = null;
    this.#world.onChange();
  }

  async #pause(threat: Threat | null): Promise<void> {
    if (this.#stop.signal.aborted) return;
    await this.#read(true);
    this.#worked += performance.now() - this.#resumedAt;
    this.#status = 'paused';
    this.#threat = threat;
    this.#world.onChange();
    await new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#release = null;
    this.#status = 'running';
    this.#threat = null;
    this.#resumedAt = performance.now();
    this.#world.onChange();
  }

  /** Reads what the lines did. Unless it must be now, only so often that it costs little beside the lines themselves. */
  async #read(isNeeded: boolean): Promise<void> {
    const { writer, simulation } = this.#world;
    if (this.#unread.size === 0) return;
    const began = performance.now();
    const { endedAt, took } = this.#lastReading;
    if (!isNeeded && took > quickReading && began - endedAt < took * (readingShare - 1)) return;
    const lines = this.#unread;
    this.#unread = new Set();
    const before = writer.fleet;
    await writer.reread(simulation.hosts.map(({ id }) => id));
    for (const { id } of fleetDifference(before, writer.fleet)) {
      const known = this.#causes.get(id) ?? new Set();
      for (const line of lines) known.add(line);
      this.#causes.set(id, known);
    }
    this.#lastReading = { endedAt: performance.now(), took: performance.now() - began };
    await giveWay();
  }

  #finish(end: RunEnd): void {
    this.#status = 'ended';
    this.#threat = null;
    this.#end = endWords(end, this.#at);
    this.#world.onChange();
  }
}

const ascending = (left: number, right: number) => left - right;

/** As an editor numbers them. */
function scriptLines(text: string): string[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  return lines.at(-1) === '' && lines.length > 1 ? lines.slice(0, -1) : lines;
}

function endWords(end: RunEnd, at: number): NonNullable<Rehearsal['end']> {
  switch (end.kind) {
    case 'done':
      return { kind: 'done', line: at, exit: end.exit, words: 'It ran to its end.' };
    case 'exited': {
      const words = `It ended itself in line ${at} with status ${end.exit}.`;
      return { kind: 'exited', line: at, exit: end.exit, words };
    }
    case 'stopped': {
      const line = end.line === 0 ? at : end.line;
      return { kind: 'stopped', line, exit: null, words: `It stopped in line ${line}: ${end.reason}.` };
    }
    case 'not-a-script': {
      const words = `Line ${end.line} is not a script: ${end.message}. Nothing has run.`;
      return { kind: 'not-a-script', line: end.line, exit: null, words };
    }
  }
}
