import { inTurns } from '../../in-turns.ts';
import type { SnapshotFiles } from '../capture/snapshot-files.ts';
import { commandOfFile } from './command-line-of.ts';
import { recogniseText } from './recognise-text.ts';

/**
 * A recorded output in JSON. Where only the text that people read was recorded, with the same name and `.txt`, it is that
 * text in the form of the JSON. Null when neither is there.
 */
export async function recordedJsonOrText(files: SnapshotFiles, file: string): Promise<string | null> {
  const json = await files.text(file);
  if (json !== null) return json;
  const textFile = file.replace(/\.json$/, '.txt');
  const text = textFile === file ? null : await files.text(textFile);
  if (text === null) return null;
  const wanted = commandOfFile(file);
  const { findings } = await inTurns(recogniseText(text, textFile));
  for (const { facts, notes } of findings)
    for (const fact of facts) {
      if (fact.kind !== 'structure' || fact.structure.replace(/^ns-|-all$/g, '') !== wanted?.command)
        continue;
      if (notes.length > 0) files.problem(textFile, notes.join('. '), { fix: 'Record all of the output' });
      return JSON.stringify(fact.value);
    }
  return null;
}
