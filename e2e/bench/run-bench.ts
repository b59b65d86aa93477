import { writeFileSync } from 'node:fs';
import { capture1000, capture3000, capture3000Stall } from './capture-figures.ts';
import { commandLineStart, replay } from './command-line-figures.ts';
import {
  identifyRate,
  rackBuild,
  rackDiscovery,
  rackDiscoveryStall,
  rackMemory,
  virtualizationManagementRate,
} from './device-figures.ts';
import { type Figure, judge, type Measurement } from './figure.ts';
import { hostileCaptureStall, hostileFileStall } from './hostile-figures.ts';
import { largeFleetStall } from './large-fleet-figures.ts';
import { machineState } from './machine-state.ts';
import { migration32Gib, migrationBytes, migrationForecast, migrationMinimum } from './migration-figures.ts';
import { selectionHandOver, selectionPlan, selectionTargets } from './selection-figures.ts';
import { migrations50, migrations50Updates } from './several/several-migrations-figures.ts';
import { shellBefore, shellLoop, shellReady } from './shell-figures.ts';
import { sosReport200, sosReport200Stall } from './sos-report/sos-report-figures.ts';
import { firstContentfulPaint, memory, secondStart, topologyInteractive } from './start-figures.ts';

const figures: Readonly<Record<string, () => Promise<Measurement>>> = {
  'first-contentful-paint': firstContentfulPaint,
  'topology-interactive': topologyInteractive,
  memory,
  'second-start': secondStart,
  'command-line-start': commandLineStart,
  replay,
  'shell-loop': shellLoop,
  'shell-ready': shellReady,
  'shell-before': shellBefore,
  'virtualization-management': virtualizationManagementRate,
  identify: identifyRate,
  'rack-build': rackBuild,
  'rack-memory': rackMemory,
  'rack-discovery': rackDiscovery,
  'rack-discovery-stall': rackDiscoveryStall,
  'capture-1000': capture1000,
  'capture-3000': capture3000,
  'capture-3000-stall': capture3000Stall,
  'sos-report-200': sosReport200,
  'sos-report-200-stall': sosReport200Stall,
  'hostile-file-stall': hostileFileStall,
  'hostile-capture-stall': hostileCaptureStall,
  'large-fleet-stall': largeFleetStall,
  'migration-32-gib': migration32Gib,
  'migration-forecast': migrationForecast,
  'migration-minimum': migrationMinimum,
  'migration-bytes': migrationBytes,
  'migrations-50': migrations50,
  'migrations-50-updates': migrations50Updates,
  'selection-targets': selectionTargets,
  'selection-plan': selectionPlan,
  'selection-hand-over': selectionHandOver,
};

export const figureNames: readonly string[] = Object.keys(figures);

/** Measures, prints each figure as soon as it is there, and returns whether all kept their limits. */
export async function runBench(names: readonly string[], jsonFile: string | undefined): Promise<boolean> {
  const results: Figure[] = [];
  const failures: string[] = [];
  for (const name of names) {
    const machine = machineState();
    try {
      const measured = await figures[name]?.();
      if (measured === undefined) continue;
      const figure = judge(name, measured, machine);
      results.push(figure);
      console.log(describeFigure(figure));
    } catch (error) {
      failures.push(name);
      console.log(`✗ ${name}: could not be measured: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(results, null, 2)}\n`);
  const missed = [...results.filter((figure) => !figure.passed).map((figure) => figure.name), ...failures];
  console.log(missed.length === 0 ? '\nAll limits kept.' : `\nLimits missed: ${missed.join(', ')}`);
  return missed.length === 0;
}

/** @returns two lines: the verdict with its numbers, then the circumstances */
function describeFigure(figure: Figure): string {
  const { name, value, unit, baseline, ratio, limit, runs, spread, machine, passed, notes } = figure;
  const against =
    baseline === null ? '' : `, baseline ${round(baseline)} ${unit}, ratio ${(ratio ?? 0).toFixed(2)}`;
  const bound = `limit: ${limit.on} ${limit.is} ${round(limit.value)}${limit.on === 'value' ? ` ${unit}` : ''}`;
  const circumstances = `runs ${runs}, spread ±${spread.toFixed(1)} %, load ${machine.load.toFixed(2)}, noise ${machine.noise.toFixed(2)}`;
  return [
    `${passed ? '✓' : '✗'} ${name}: ${round(value)} ${unit}${against} (${bound})`,
    `    ${circumstances}`,
    ...notes.map((note) => `    ${note}`),
  ].join('\n');
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
}
