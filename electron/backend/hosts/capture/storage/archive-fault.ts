import type { UnpackingProgram } from './unpacking-program.ts';

/** Why the rest of an archive is not read, in words of its own; what libraries and programs say is another error. */
export class ArchiveFault extends Error {}

/** The program that would unpack an archive is not installed. */
export class MissingProgram extends ArchiveFault {
  readonly program: UnpackingProgram;

  constructor(program: UnpackingProgram) {
    super(`${program} is not installed`);
    this.program = program;
  }
}
