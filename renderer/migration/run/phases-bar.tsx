import { countWords } from '#shared/count-words.ts';
import type { PreCopyFacts } from '#shared/migration/pre-copy/round.ts';
import { migrationPhases } from '#shared/procedure/plan/migrate/migration-steps.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { formatDuration } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { phasesOf, type RunPhase } from './run-phases.ts';

/** Said after the time; a phase that waits says how many steps it has instead. */
const words: Record<RunPhase['status'], string> = {
  waiting: '',
  running: 'running',
  done: 'done',
  failed: 'failed',
  undone: 'undone',
};

/** The phases in order with their times; where the point of no return is, a mark. */
export function PhasesBar({ run }: { readonly run: ProcedureRun }) {
  const phases = phasesOf(run);
  return (
    <ol className={styles.phases} aria-label="Phases">
      {phases.map((phase, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: phases never move, and a name can come twice
          key={index}
          className={`${styles.phase} ${styles[phase.status]}`}
          aria-current={phase.status === 'running' ? 'step' : undefined}
        >
          {phase.name}
          <small>
            {timeWords(phase, run)}
            <span className="visually-hidden"> {words[phase.status]}</span>
          </small>
          {phase.forwardOnly && phases[index - 1]?.forwardOnly !== true ? (
            <small className="warn">point of no return</small>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function roundWords({ rounds, state }: PreCopyFacts): string {
  const round = `round ${(rounds.at(-1)?.number ?? 0) + 1}`;
  const words: Record<PreCopyFacts['state'], string> = {
    copying: round,
    holding: `${round} · held`,
    'not-converging': `${round} · not converging`,
    'switching-over': 'switching over',
  };
  return words[state];
}

/** Steps done while it runs, then what it took. */
function timeWords(phase: RunPhase, run: ProcedureRun): string {
  const steps = `${phase.stepsDone} of ${phase.stepCount}`;
  switch (phase.status) {
    case 'waiting':
      return countWords(phase.stepCount, 'step');
    case 'running':
      if (phase.name === migrationPhases.preCopy && run.migration?.preCopy !== undefined)
        return roundWords(run.migration.preCopy);
      return phase.durationMicroseconds === null
        ? steps
        : `${steps} · ${formatDuration(phase.durationMicroseconds)}`;
    default:
      return phase.durationMicroseconds === null
        ? words[phase.status]
        : `${phase.status === 'done' ? '' : `${words[phase.status]} · `}${formatDuration(phase.durationMicroseconds)}`;
  }
}
