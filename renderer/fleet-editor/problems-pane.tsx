import { countWords } from '#shared/count-words.ts';
import type { FileObject } from '#shared/fleet-file/edit/objects.ts';
import type { FileProblem } from '#shared/fleet-file/problems.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import { objectOfField, useEditor } from './editor-store.ts';
import styles from './fleet-editor.module.css';

/** Every problem of the file; choosing one goes to its field. */
export function ProblemsPane({
  objects,
  problems,
}: {
  readonly objects: readonly FileObject[];
  readonly problems: readonly FileProblem[] | null;
}) {
  // Selects the object and has its form, or the JSON view, put the focus on the field.
  const show = (problem: FileProblem) =>
    useEditor.setState({
      selected: objectOfField(objects, problem.field)?.path ?? [],
      focusField: problem.field,
    });
  const words =
    problems === null
      ? 'Checking…'
      : problems.length === 0
        ? 'No problems: this file can be opened'
        : countWords(problems.length, 'problem');
  return (
    <section className={styles.problems} aria-label="Problems of the fleet file">
      <SectionLabel aside={<span role="status">{words}</span>}>Problems</SectionLabel>
      {problems === null || problems.length === 0 ? null : (
        <ul>
          {problems.map((problem) => (
            <li key={`${problem.field} ${problem.message}`}>
              <button type="button" className={styles.problem} onClick={() => show(problem)}>
                <code>{problem.field}</code>
                <span>
                  {problem.message}. <span className="mute">{problem.fix}.</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
