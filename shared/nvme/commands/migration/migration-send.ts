import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits, commandCodec, double, flag, whole } from '../command-codec.ts';
import { type CommandWords, defineCommand } from '../define-command.ts';
import { identifierText, type NamedValue, namedValueTitle, selected } from '../named-value.ts';
import { unlessZero } from '../option-text.ts';

/** Migration Send, CDW10 7:0. */
export const migrationSendSelectors = {
  suspend: { value: 0, title: 'Suspend' },
  resume: { value: 1, title: 'Resume' },
  setControllerState: { value: 2, title: 'Set Controller State' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Migration Send, Suspend, CDW11 23:16. */
export const suspendTypes = {
  notification: { value: 0, title: 'notification' },
  suspend: { value: 1, title: 'suspend' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Migration Send, Set Controller State, CDW10 17:16: position of this command in the sequence. */
export const sequenceIndicators = {
  middle: { value: 0, title: 'middle' },
  first: { value: 1, title: 'first' },
  last: { value: 2, title: 'last' },
  only: { value: 3, title: 'only' },
} as const satisfies Readonly<Record<string, NamedValue>>;

const opcode = 0x41;
const sel = bits('cdw10', 7, 0);
const cntlid = bits('cdw11', 15, 0);
const stype = bits('cdw11', 23, 16);
/** Delete User Data Migration Queue. */
const dudmq = flag('cdw11', 31);
/** What follows the selector and describes data. */
const state = {
  /** Sequence Indicator. */
  seqind: bits('cdw10', 17, 16),
  /** Offset of the data in the state, in bytes. */
  offset: double('cdw12', 'cdw13'),
  uidx: bits('cdw14', 6, 0),
  /** Dwords of data, a plain count. */
  numd: whole('cdw15'),
};

/** Migration Send, Suspend. */
export const suspendController = commandCodec(
  opcode,
  { sel, cntlid, stype, dudmq },
  { sel: migrationSendSelectors.suspend.value },
);

/** Migration Send, Resume. */
export const resumeController = commandCodec(
  opcode,
  { sel, cntlid },
  { sel: migrationSendSelectors.resume.value },
);

/** Migration Send, Set Controller State: CSVI takes the place of STYPE. */
export const setControllerState = commandCodec(
  opcode,
  { sel, cntlid, csvi: bits('cdw11', 23, 16), csuuidi: bits('cdw11', 31, 24), ...state },
  { sel: migrationSendSelectors.setControllerState.value },
);

/** Migration Send (NVMe Base 2.1, 5.1.17). Its own fields are those of every selector but Set Controller State. */
export const migrationSend = defineCommand({
  opcode,
  name: 'Migration Send',
  clause: 'NVMe Base 2.1, 5.1.17',
  fields: { sel, cntlid, stype, dudmq, ...state },
  forms: { suspendController, resumeController, setControllerState },
  words: (values, command): CommandWords => {
    const operation = selected(migrationSendSelectors, values.sel, 'SEL');
    const target = `CNTLID ${identifierText(values.cntlid)}`;
    if (values.sel === migrationSendSelectors.suspend.value) {
      const type = namedValueTitle(suspendTypes, values.stype) ?? `STYPE ${values.stype}`;
      return [operation, `${target} ${type}${values.dudmq ? ', delete user data migration queue' : ''}`];
    }
    if (values.sel !== migrationSendSelectors.setControllerState.value) return [operation, target];
    const { csvi, csuuidi, seqind, offset, numd } = setControllerState.decode(command);
    const position = namedValueTitle(sequenceIndicators, seqind) ?? String(seqind);
    return [
      operation,
      `${target} CSVI ${csvi} CSUUIDI ${csuuidi} ${position}, ${numd * 4} bytes at ${offset}`,
    ];
  },
  line: (values, command) => {
    const target = { cntlid: values.cntlid, sel: values.sel };
    if (values.sel === migrationSendSelectors.suspend.value)
      return nvmeCliLine('lm migration-send', {
        ...target,
        stype: values.stype,
        dudmq: values.dudmq || undefined,
      });
    if (values.sel === migrationSendSelectors.resume.value) return nvmeCliLine('lm migration-send', target);
    const { csvi, csuuidi, seqind, uidx, offset, numd } = setControllerState.decode(command);
    return nvmeCliLine('lm migration-send', {
      ...target,
      'seq-ind': seqind,
      csvi,
      csuuidi,
      uidx: unlessZero(uidx),
      offset,
      numd,
      'input-file': 'state.bin',
    });
  },
});
