import { Pacer } from '#shared/bounds/pieces.ts';
import { readJson } from '#shared/bounds/read-json.ts';
import { recordedBounds } from '#shared/bounds/sizes.ts';
import { commandLineOf } from './command-line-of.ts';
import type { OutputFinding } from './findings.ts';
import { readNvmeJson } from './nvme/nvme-json.ts';
import { readSmartctlJson } from './other/smartctl.ts';
import type { OutputKind } from './output-kind.ts';

const charactersOfPiece = 64 * 1024;

/** Any JSON that a tool printed; which one its keys tell. */
export const jsonOutput: OutputKind = {
  begins: (line) => /^(?:\{|\[\s*(?:$|[{"\]]))/.test(line.slice(0, 100)),
  *end(lines, from) {
    const scan = new BraceScan();
    const pacer = new Pacer(charactersOfPiece);
    for (let at = from; at < lines.length; at += 1) {
      const line = lines[at] ?? '';
      // What was cut off must not swallow the outputs below it.
      if (at > from && commandLineOf(line) !== null) return at;
      for (let part = 0; part < line.length; part += charactersOfPiece) {
        if (scan.closes(line.slice(part, part + charactersOfPiece))) return at + 1;
        yield* pacer.did(Math.min(line.length - part, charactersOfPiece));
      }
      yield* pacer.did(20);
    }
    return lines.length;
  },
  *read({ lines, command }) {
    const text = lines.join('\n');
    const read = yield* readJson(text, recordedBounds);
    if (read.kind !== 'value') return unreadable(text, read.kind === 'excess' ? read.excess.message : null);
    return (yield* readNvmeJson(read.value, text, command)) ?? readSmartctlJson(read.value) ?? null;
  },
};

/** A JSON that cannot be read, if it is one of nvme-cli or smartctl at all. */
function unreadable(text: string, excess: string | null): OutputFinding | null {
  const head = text.slice(0, 4096);
  const known =
    /"(?:Devices|Subsystems|SubsystemNQN|secondary-controllers|vqfrt|nsid_list|ctrl_list|oacs|nsze|cap|smartctl)"\s*:/.exec(
      head,
    );
  if (known === null) return null;
  const why = excess === null ? 'The JSON is not complete; add all of it, to the last bracket' : excess;
  return {
    ...{
      title: 'JSON of nvme-cli or smartctl',
      form: 'JSON',
      device: null,
      holds: 'nothing that can be read',
    },
    ...{ facts: [], notes: [why] },
  };
}

/** Finds the bracket that closes the first one, outside of texts. */
class BraceScan {
  private depth = 0;
  private inText = false;
  private escaped = false;

  /** Whether it stands in this part, the next one of the text. */
  closes(part: string): boolean {
    for (let at = 0; at < part.length; at += 1) {
      const code = part.charCodeAt(at);
      if (this.escaped) this.escaped = false;
      else if (this.inText) {
        if (code === 92) this.escaped = true;
        else if (code === 34) this.inText = false;
      } else if (code === 34) this.inText = true;
      else if (code === 123 || code === 91) this.depth += 1;
      else if (code === 125 || code === 93) {
        this.depth -= 1;
        if (this.depth <= 0) return true;
      }
    }
    return false;
  }
}
