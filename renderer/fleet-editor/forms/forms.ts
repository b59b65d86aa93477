import type { ObjectKind } from '#shared/fleet-file/edit/objects.ts';
import { plainForm, primaryForm } from './controller-forms.ts';
import type { FormSection } from './form-field.ts';
import { fleetForm, hostForm, machineForm } from './host-forms.ts';
import { namespaceForm, subsystemForm } from './subsystem-forms.ts';

/** The form of each kind of object. */
export const forms: Readonly<Record<ObjectKind, readonly FormSection[]>> = {
  fleet: fleetForm,
  host: hostForm,
  'virtual-machine': machineForm,
  subsystem: subsystemForm,
  primary: primaryForm,
  plain: plainForm,
  namespace: namespaceForm,
};
