import { isControllerIdentifier } from '../../controller-identifier.ts';
import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits } from '../command-codec.ts';
import { defineCommand } from '../define-command.ts';
import { identifierText, type NamedValue, selected } from '../named-value.ts';
import { unlessZero } from '../option-text.ts';

/** Function Management, CDW10 7:0 (Berth proposal). */
export const functionSelectors = {
  provision: { value: 0, title: 'Provision' },
  destroy: { value: 1, title: 'Destroy' },
  enableMigration: { value: 2, title: 'Enable Live Migration' },
  disableMigration: { value: 3, title: 'Disable Live Migration' },
  makeVisible: { value: 4, title: 'Make Visible' },
  hide: { value: 5, title: 'Hide' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** CNTLID of Provision that leaves the choice to the controlling function. */
export const anyFreeController = 0xffff;

/** Function Management (Berth proposal, not an NVMe standard). */
export const functionManagement = defineCommand({
  opcode: 0xc5,
  name: 'Function Management',
  clause: 'Berth proposal',
  fields: {
    sel: bits('cdw10', 7, 0),
    cntlid: bits('cdw10', 31, 16),
    /** Function handle, 0 for whichever function has the CNTLID now. */
    handle: bits('cdw11', 15, 0),
  },
  /** Provision: the new function. */
  result: { cntlid: [15, 0], handle: [31, 16] },
  words: ({ sel, cntlid, handle }) => {
    const who = cntlid === anyFreeController ? 'any free CNTLID' : `CNTLID ${identifierText(cntlid)}`;
    return [selected(functionSelectors, sel, 'SEL'), `${who}${handle === 0 ? '' : ` handle ${handle}`}`];
  },
  line: ({ sel, cntlid, handle }) => {
    const named = { cntlid, handle: unlessZero(handle) };
    const set = (what: Readonly<Record<string, number>>) =>
      nvmeCliLine('virtual_function_set', { ...named, ...what }, 'option');
    switch (sel) {
      case functionSelectors.provision.value: {
        if (handle !== 0 || !(isControllerIdentifier(cntlid) || cntlid === anyFreeController))
          return undefined;
        const chosen = cntlid === anyFreeController ? {} : { cntlid };
        return nvmeCliLine('virtual_function_provision', chosen, 'option');
      }
      case functionSelectors.destroy.value:
        return nvmeCliLine('virtual_function_destroy', named, 'option');
      case functionSelectors.enableMigration.value:
        return set({ migration: 1 });
      case functionSelectors.disableMigration.value:
        return set({ migration: 0 });
      case functionSelectors.makeVisible.value:
        return set({ visible: 1 });
      case functionSelectors.hide.value:
        return set({ visible: 0 });
      default:
        return undefined;
    }
  },
});
