import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits, commandCodec } from '../command-codec.ts';
import { defineCommand } from '../define-command.ts';
import { identifierText, type NamedValue, selected } from '../named-value.ts';

/** Track Send, CDW10 7:0. */
export const trackSendSelectors = {
  logUserDataChanges: { value: 0, title: 'Log User Data Changes' },
  trackMemoryChanges: { value: 1, title: 'Track Memory Changes' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Track Send, CDW10 19:16: what to do with the log or the tracking. */
export const trackActions = {
  stop: { value: 0, title: 'stop' },
  start: { value: 1, title: 'start' },
} as const satisfies Readonly<Record<string, NamedValue>>;

const opcode = 0x3d;
const sel = bits('cdw10', 7, 0);
const action = bits('cdw10', 19, 16);

/** Track Send, Log User Data Changes: into which Controller Data Queue. */
export const logUserDataChanges = commandCodec(
  opcode,
  { sel, action, cdqid: bits('cdw11', 15, 0) },
  { sel: trackSendSelectors.logUserDataChanges.value },
);

/** Track Send, Track Memory Changes: of which controller. */
export const trackMemoryChanges = commandCodec(
  opcode,
  { sel, action, cntlid: bits('cdw11', 15, 0) },
  { sel: trackSendSelectors.trackMemoryChanges.value },
);

/** Track Send (NVMe Base 2.1, 5.1.27). `target` is a CDQID for user data and a CNTLID for memory. */
export const trackSend = defineCommand({
  opcode,
  name: 'Track Send',
  clause: 'NVMe Base 2.1, 5.1.27',
  fields: {
    sel,
    /** Management Operation Specific; its lowest four bits are the action. */
    mos: bits('cdw10', 31, 16),
    target: bits('cdw11', 15, 0),
  },
  forms: { logUserDataChanges, trackMemoryChanges },
  /** Refused with Not Enough Resources: the granularity at which the ranges could be tracked, as in its data. */
  result: { mrtg: [15, 0] },
  words: (values, command) => {
    const isQueue = values.sel === trackSendSelectors.logUserDataChanges.value;
    const done = trackMemoryChanges.decode(command).action;
    const verb = Object.values(trackActions).find(({ value }) => value === done)?.title ?? `MOS ${done}`;
    const target = isQueue ? `CDQID ${values.target}` : `CNTLID ${identifierText(values.target)}`;
    return [selected(trackSendSelectors, values.sel, 'SEL'), `${verb} ${target}`];
  },
  line: (values) =>
    values.sel === trackSendSelectors.logUserDataChanges.value
      ? nvmeCliLine('lm track-send', { sel: values.sel, mos: values.mos, cdqid: values.target })
      : undefined,
});
