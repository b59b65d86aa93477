import { useState } from 'react';
import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { Field, Select, TextField } from '../ui/form.tsx';
import { Banner } from '../ui/states.tsx';
import { IntentDialog, wholeNumber } from './intent-dialog.tsx';

/** Longest NQN in bytes of UTF-8 (NVMe Base 2.1, 4.7). */
const longestNqn = 223;
const largestVirtualId = 0xffef;

/** The primaries of a host, those that can hold virtual subsystems first. */
function primariesOf(fleet: Fleet, hostId: string): PrimaryController[] {
  return Object.values(fleet.controllers)
    .filter((controller) => controller.role === 'primary')
    .filter((primary) => primary.hostId === hostId)
    .sort(
      (left, right) => Number(right.virtualSubsystems.available) - Number(left.virtualSubsystems.available),
    );
}

/** Creates a virtual subsystem: virtual NQN, the primary's virtual id, and the identity that guests read. */
export function NewVirtualSubsystemDialog({
  fleet,
  hostId,
  primaryId,
}: {
  readonly fleet: Fleet;
  readonly hostId: string;
  readonly primaryId: string | null;
}) {
  const primaries = primariesOf(fleet, hostId);
  const [chosen, setChosen] = useState(primaryId ?? primaries[0]?.id ?? '');
  const [nqn, setNqn] = useState('nqn.2026-11.io.berth:');
  const [virtualId, setVirtualId] = useState('1');
  const [serialNumber, setSerial] = useState(() => nextSerial(fleet));
  const [modelNumber, setModel] = useState('Berth Virtual NVMe');
  const [firmwareRevision, setFirmware] = useState('1.0');
  const primary = primaries.find(({ id }) => id === chosen);
  const capability = primary?.virtualSubsystems;
  const errors = {
    nqn: nqnError(fleet, nqn, hostId),
    virtualId:
      wholeNumber(virtualId, largestVirtualId) === null
        ? `Enter a number from 0 to ${largestVirtualId}.`
        : undefined,
    serial: asciiError(serialNumber, 20),
    model: asciiError(modelNumber, 40),
    firmware: asciiError(firmwareRevision, 8),
  };
  const wrong = Object.values(errors).find((error) => error !== undefined);
  const intent =
    primary === undefined || wrong !== undefined || nqn.endsWith(':')
      ? null
      : ({
          kind: 'create-virtual-subsystem',
          primaryId: primary.id,
          nqn,
          primaryVirtualId: Number(virtualId),
          identity: { serialNumber, modelNumber, firmwareRevision },
        } as const);
  return (
    <IntentDialog
      title="New virtual subsystem"
      description="A proposal, not part of a ratified NVMe specification: Berth implements it with documented vendor commands."
      intent={intent}
      missing={wrong ?? 'Give the virtual NQN a name after the colon.'}
    >
      <Field label="Primary controller">
        {() => (
          <Select
            label="Primary controller"
            value={chosen}
            onChange={setChosen}
            options={primaries.map((one) => ({
              value: one.id,
              label: controllerFullTitle(fleet, one),
              note: one.virtualSubsystems.available ? undefined : one.virtualSubsystems.reason,
              disabled: !one.virtualSubsystems.available,
            }))}
          />
        )}
      </Field>
      {capability?.available === false ? <Banner tone="warning" title={capability.reason} /> : null}
      <TextField
        label="Virtual NQN"
        description={`What guests read as subsystem NQN; at most ${longestNqn} bytes.`}
        error={errors.nqn}
        mono
        value={nqn}
        onChange={setNqn}
      />
      <TextField
        label="Virtual controller id of the primary"
        error={errors.virtualId}
        inputMode="numeric"
        value={virtualId}
        onChange={setVirtualId}
      />
      <TextField
        label="Virtual serial number"
        error={errors.serial}
        mono
        value={serialNumber}
        onChange={setSerial}
      />
      <TextField label="Virtual model number" error={errors.model} value={modelNumber} onChange={setModel} />
      <TextField
        label="Virtual firmware revision"
        error={errors.firmware}
        mono
        value={firmwareRevision}
        onChange={setFirmware}
      />
    </IntentDialog>
  );
}

function nqnError(fleet: Fleet, nqn: string, hostId: string): string | undefined {
  const bytes = new TextEncoder().encode(nqn).length;
  if (bytes > longestNqn) return `It has ${bytes} bytes; shorten it to ${longestNqn}.`;
  if (nqn.trim() === '') return 'Enter a virtual NQN.';
  const taken = Object.values(fleet.virtualSubsystems).some(
    (one) => one.nqn === nqn && one.hostId === hostId,
  );
  return taken ? 'This host already has a virtual subsystem with this NQN.' : undefined;
}

function asciiError(text: string, longest: number): string | undefined {
  if (text === '') return 'Enter a value; guests read it.';
  if (!/^[\x20-\x7e]*$/.test(text)) return 'Only ASCII characters fit into this field.';
  return text.length > longest ? `At most ${longest} characters; it has ${text.length}.` : undefined;
}

/** `BERTH-V0004`: one above the highest serial number of that form in the fleet. */
function nextSerial(fleet: Fleet): string {
  const numbers = Object.values(fleet.virtualSubsystems).map(({ identity }) =>
    Number(/^BERTH-V(\d+)$/.exec(identity.serialNumber)?.[1] ?? 0),
  );
  return `BERTH-V${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}`;
}
