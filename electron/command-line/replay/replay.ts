import type { CommandOutput } from '#backend/console/command-output.ts';
import { type ReplayedLine, replayCapture } from '#backend/console/replay/replay.ts';
import { createSimulatedConsole } from '#backend/console/simulated-console.ts';
import { createVirtualClock } from '#backend/console/virtual-clock.ts';
import { openCapture } from '#backend/hosts/capture/capture.ts';
import { buildTwin } from '#backend/hosts/capture/twin/twin.ts';
import { createSimulatedFleet } from '#backend/hosts/simulated/simulated-fleet.ts';
import { inTurns } from '#backend/in-turns.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { refuse } from '../print-error.ts';
import { outputJson } from '../print-output.ts';

/** Longer than any probe that gives up; the recorded hosts had at least as much between two commands that matter. */
const betweenLinesMilliseconds = 1000;

/** `berth replay CAPTURE` */
export async function runReplay(
  request: { readonly capture: string; readonly json: boolean },
  io: CommandLineIo,
): Promise<ExitCode> {
  const capture = await openCapture(request.capture);
  if (!capture.ok) return refuse(io, capture.error);
  const twin = await inTurns(buildTwin(capture.value));
  if (!twin.ok) return refuse(io, twin.error);
  const clock = createVirtualClock(0);
  const fleet = createSimulatedFleet(twin.value.file, {
    clock,
    trace: (queue) => queue,
    adminTimeoutMilliseconds: 60_000,
  });
  if (!fleet.ok) return refuse(io, fleet.error);
  const [host] = fleet.value.hosts;
  if (host === undefined) throw new Error('A twin is made of one host');
  const replayed = await replayCapture({
    storage: capture.value.storage,
    place: capture.value.place,
    snapshot: capture.value.snapshot,
    host: createSimulatedConsole(host),
    undescribed: twin.value.undescribed,
    betweenLines: async () => clock.advance(betweenLinesMilliseconds),
  });
  await host.close();
  if (!replayed.ok) return refuse(io, replayed.error);
  const { lines, matched, different, notCompared } = replayed.value;
  const notes = [...capture.value.problems, ...twin.value.notes, ...replayed.value.problems];
  if (request.json)
    io.out(
      `${JSON.stringify({
        capture: capture.value.name,
        snapshot: capture.value.snapshot,
        lines: lines.map(lineJson),
        totals: { matched, different, notCompared, compared: matched + different },
        notes,
      })}\n`,
    );
  else {
    for (const line of lines) io.out(lineText(line));
    for (const note of notes) io.out(noteText(note));
    io.out(
      `\n${capture.value.name}: ${matched} matched, ${different} different, ${notCompared} not compared; ${percentage(matched, different)} of the compared lines match\n`,
    );
  }
  return different === 0 ? exitCodes.success : exitCodes.refused;
}

function lineText(line: ReplayedLine): string {
  const { file, command } = line.recorded;
  switch (line.outcome) {
    case 'matched':
      return `matched       ${command}\n`;
    case 'not-compared':
      return `not compared  ${command}\n              ${line.reason}\n`;
    case 'different':
      return [
        `different     ${command}`,
        `              ${line.difference} (${file})`,
        ...sideLines('recorded', line.expected),
        ...sideLines('simulated', line.actual),
        '',
      ].join('\n');
  }
}

function sideLines(side: string, output: CommandOutput): readonly string[] {
  const json = outputJson(output);
  const texts = [...json.stdout.split('\n'), ...json.stderr.split('\n')].filter((text) => text !== '');
  return [`              ${side}: exit ${output.exit}`, ...texts.map((text) => `                ${text}`)];
}

function lineJson(line: ReplayedLine): object {
  const { recorded, ...rest } = line;
  const common = { line: recorded.line, file: recorded.file, command: recorded.command };
  if (rest.outcome !== 'different') return { ...common, ...rest };
  return { ...common, ...rest, expected: outputJson(rest.expected), actual: outputJson(rest.actual) };
}

function noteText(note: Problem): string {
  return `note          ${note.source}${note.field === undefined ? '' : `, ${note.field}`}: ${note.message}\n`;
}

function percentage(matched: number, different: number): string {
  if (matched + different === 0) return 'none';
  return `${(Math.floor((1000 * matched) / (matched + different)) / 10).toFixed(1)} %`;
}
