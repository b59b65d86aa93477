import type { ErrorCode } from './result.ts';

/** What an error code means for a person; the error's own message, object and fix say the particulars. */
export interface ErrorText {
  readonly title: string;
  readonly explanation: string;
  /** What usually helps, when the error itself names no fix. */
  readonly action: string;
}

export const errorTexts: Readonly<Record<ErrorCode, ErrorText>> = {
  'invalid-request': {
    title: 'That is not valid',
    explanation: 'A value that was entered or sent is outside of what is allowed.',
    action: 'Correct the field that is named and try again.',
  },
  'invalid-file': {
    title: 'The file is not what it should be',
    explanation: 'A file is damaged, of the wrong length, or of another kind.',
    action: 'Correct the field that is named, or open another file.',
  },
  unreadable: {
    title: 'It cannot be read',
    explanation: 'A file or folder is missing, or this user may not read it.',
    action: 'Check the path and its permissions.',
  },
  'not-found': {
    title: 'It is not there',
    explanation: 'The object does not exist, or does not exist any more.',
    action: 'Refresh the view and choose again.',
  },
  'not-supported': {
    title: 'Not supported here',
    explanation: 'This device, host or kind of source cannot do that.',
    action: 'Use another device, or rehearse it on a simulated fleet.',
  },
  'read-only': {
    title: 'Read-only',
    explanation: 'What is open is a recording or a newer format; nothing in it can be changed.',
    action: 'Open it as a simulated twin to rehearse changes.',
  },
  refused: {
    title: 'Refused before anything was sent',
    explanation: 'The change would break a rule, so no command was sent to any device.',
    action: 'Clear the reasons that are listed.',
  },
  busy: {
    title: 'Busy',
    explanation: 'Another procedure is running on the same host.',
    action: 'Wait until it has ended, or abort it.',
  },
  'device-status': {
    title: 'The device refused the command',
    explanation: 'The controller or the kernel answered with an error status.',
    action: 'Read the status; what was done before was rolled back or is listed.',
  },
  'device-timeout': {
    title: 'The device did not answer',
    explanation: 'No completion arrived in time; it is unknown whether the command took effect.',
    action: 'Check the controller, then read it again.',
  },
  'device-data': {
    title: 'The device answered nonsense',
    explanation: 'A structure has the wrong length or reserved values.',
    action: 'Note the field that is named; the firmware may be at fault.',
  },
  'effect-missing': {
    title: 'The effect is missing',
    explanation: 'The command succeeded, but reading back shows that it did not do what it should.',
    action: 'Compare what was read with what was expected, then try again.',
  },
  aborted: {
    title: 'Aborted',
    explanation: 'The procedure was stopped on request; what it had done was taken back.',
    action: 'Start it again when you are ready.',
  },
  conflict: {
    title: 'Things changed meanwhile',
    explanation: 'The fleet is not as it was when this was planned.',
    action: 'Look at the new state and plan again.',
  },
  storage: {
    title: 'The program’s own data',
    explanation: 'The database with settings and history could not be read or written.',
    action: 'Check free space and permissions of the data folder.',
  },
  'untrusted-sender': {
    title: 'Request refused',
    explanation: 'A request did not come from the program’s own window.',
    action: 'Close the page that sent it.',
  },
  internal: {
    title: 'A fault in Berth',
    explanation: 'Something happened that should not be possible.',
    action: 'Save your work and report it with the log file.',
  },
};

export function errorText(code: ErrorCode): ErrorText {
  return errorTexts[code];
}
