import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { shortenList } from '#shared/bounds/shorten.ts';
import { fleetSizes } from '#shared/bounds/sizes.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { virtualFunctionAddress } from '#shared/fleet-file/host/pci-address.ts';
import { DeviceNames } from './device-names.ts';
import type { Fact } from './findings.ts';
import type { PlacedFinding, RecognisedText } from './recognise-text.ts';
import { RecordedFacts } from './recorded-facts.ts';
import { recordedMachinesFile } from './recorded-machines.ts';
import { recordedStructures, structureFile } from './structures.ts';

/** Outputs of one host, put together to what a capture of it would hold. */
export interface Gathered {
  /** How the host is called; null where no output says it. */
  readonly host: string | null;
  /** Files of a capture. */
  readonly files: ReadonlyMap<string, string>;
  readonly findings: readonly PlacedFinding[];
  /** What had to be assumed or is doubtful. */
  readonly notes: readonly Problem[];
  readonly unknownLines: number;
}

const findingsOfPiece = 20;
/** Of a finding: what one line of sysfs, or one virtual function that may be there, costs. */
const smallPart = 1 / 100;
const mostNotes = 200;

type StructureFact = Extract<Fact, { kind: 'structure' }>;
type DeviceFact = Extract<Fact, { kind: 'device' }>;
interface Unnamed {
  readonly finding: PlacedFinding;
  readonly fact: StructureFact;
}

/** Puts outputs together, whatever their order: which device each is of, and what the kernel knew of it. */
export function* gather(texts: readonly RecognisedText[]): Pieces<Gathered> {
  const work = new Gathering();
  const findings = texts.flatMap((text) => text.findings);
  const pacer = new Pacer(findingsOfPiece);
  for (const finding of findings) {
    for (const fact of finding.facts) work.take(finding, fact);
    yield* pacer.did(1 + finding.facts.length * smallPart);
  }
  yield* work.nameTheRest(pacer);
  const recorded = yield* work.finish(pacer);
  return {
    host: texts.find((text) => text.host !== null)?.host ?? work.host,
    files: yield* recorded.files(),
    findings,
    notes: shortenList(work.notes, mostNotes, (left) => ({
      ...{ source: '.', message: `There are ${left} more notes` },
    })),
    unknownLines: texts.reduce((sum, text) => sum + text.unknownLines, 0),
  };
}

function identityOf({ attributes: { cntlid, serial } }: DeviceFact): {
  readonly cntlid?: number;
  readonly serial?: string;
} {
  return {
    ...(cntlid === undefined ? {} : { cntlid: Number(cntlid) }),
    ...(serial === undefined ? {} : { serial }),
  };
}

class Gathering {
  readonly notes: Problem[] = [];
  host: string | null = null;
  readonly #recorded = new RecordedFacts();
  readonly #names = new DeviceNames();
  readonly #unnamed: Unnamed[] = [];
  readonly #unnamedDevices: { readonly finding: PlacedFinding; readonly fact: DeviceFact }[] = [];
  readonly #sysfs: Extract<Fact, { kind: 'sysfs' }>[] = [];
  readonly #machines: Extract<Fact, { kind: 'machine' }>[] = [];
  readonly #told = new Set<PlacedFinding>();

  take(finding: PlacedFinding, fact: Fact): void {
    if (!this.#told.has(finding)) {
      this.#told.add(finding);
      for (const note of finding.notes) this.#note(finding, note);
    }
    switch (fact.kind) {
      case 'structure':
        if (finding.device === null) this.#unnamed.push({ finding, fact });
        else this.#addStructure(finding, fact, finding.device);
        return;
      case 'refused': {
        if (finding.device === null) return;
        this.#names.learn(finding.device);
        const file = structureFile(finding.device, fact.structure, fact.nsid);
        if (this.#recorded.hasFile(file)) return;
        this.#recorded.addFile(file, '');
        this.#recorded.addFile(`${file}.stderr`, `NVMe status: refused(0x${fact.status.toString(16)})\n`);
        return;
      }
      case 'device':
        if (fact.device === null) this.#unnamedDevices.push({ finding, fact });
        else this.#addDevice(finding, fact, fact.device);
        return;
      case 'subsystem':
        this.#recorded.addSubsystem(fact.name, fact.nqn);
        return;
      case 'function': {
        const links = Object.entries(fact.links).map(([name, target]) => [name, `-> ${target}`]);
        this.#recorded.addFunction(fact.address, { ...fact.attributes, ...Object.fromEntries(links) });
        return;
      }
      case 'machine':
        if (!this.#machines.some(({ name }) => name === fact.name)) this.#machines.push(fact);
        return;
      case 'sysfs': {
        const device = /^\/sys\/class\/nvme\/(nvme\d{1,6})\//.exec(fact.path)?.[1];
        if (device !== undefined)
          this.#names.learn(device, {
            ...(fact.path.endsWith(`/${device}/cntlid`) ? { cntlid: Number(fact.value) } : {}),
            ...(fact.path.endsWith(`/${device}/serial`) ? { serial: fact.value.trim() } : {}),
          });
        this.#sysfs.push(fact);
        return;
      }
      case 'host':
        this.host ??= fact.name ?? null;
        if (fact.kernel !== undefined) this.#recorded.addKernel(fact.name ?? 'host', fact.kernel);
    }
  }

  /** Finds the devices of outputs whose command line is not there: first who they are, then what they have. */
  *nameTheRest(pacer: Pacer): Pieces<void> {
    const rank = ({ fact }: Unnamed) =>
      fact.structure === 'id-ctrl' ? 0 : fact.cntlid === undefined ? 2 : 1;
    for (const { finding, fact } of this.#unnamed.toSorted((a, b) => rank(a) - rank(b))) {
      yield* pacer.did();
      const found = this.#names.find(fact);
      if (found === null) {
        this.#note(
          finding,
          `It does not say which controller it is of, so ${recordedStructures[fact.structure].title} is left out`,
          'Put the command line above it, such as: nvme list-ns /dev/nvme0',
        );
        continue;
      }
      if (found.made) this.#noteName(finding, found.device);
      this.#addStructure(finding, fact, found.device);
    }
    for (const { finding, fact } of this.#unnamedDevices) {
      yield* pacer.did();
      const found = this.#names.find(identityOf(fact));
      if (found === null) {
        const known = 'It fits several controllers by what it says of itself, so it is left out';
        this.#note(finding, known, 'Ask again for the device by its name, such as /dev/nvme0');
        continue;
      }
      if (found.made) this.#noteName(finding, found.device);
      this.#addDevice(finding, fact, found.device);
    }
  }

  #noteName(finding: PlacedFinding, device: string): void {
    this.#note(
      finding,
      `The output does not name its device; it is called ${device} here`,
      'Put the command line above it to give it its own name',
    );
  }

  #addDevice(finding: PlacedFinding, fact: DeviceFact, device: string): void {
    this.#names.learn(device, identityOf(fact));
    const contradicted = this.#recorded.addDevice(device, fact.attributes);
    const identity = contradicted.filter((name) => name === 'serial' || name === 'address');
    if (identity.length > 0)
      this.#note(
        finding,
        `Another output gives ${device} another ${identity.join(' and ')}; the first one is shown`,
        'Open only outputs of one host and one moment together',
      );
    this.#recorded.addNamespaces(device, fact.namespaces ?? []);
  }

  #addStructure(finding: PlacedFinding, fact: StructureFact, device: string): void {
    const { structure, cntlid, serial, value } = fact;
    const isOwn = structure === 'id-ctrl';
    const nsid = structure === 'id-ns' ? (fact.nsid ?? this.#onlyNamespace(device)) : fact.nsid;
    if (structure === 'id-ns' && nsid === null) {
      this.#names.learn(device);
      this.#note(
        finding,
        'It does not say which namespace it is of, so it is left out',
        `Put the command line above it, such as: nvme id-ns /dev/${device} -n 1`,
      );
      return;
    }
    // The list and the capabilities name their primary controller, which is the one that answered.
    const known = {
      ...(cntlid === undefined ? {} : { cntlid }),
      ...(serial === undefined ? {} : { serial }),
    };
    this.#names.learn(device, known);
    if (isOwn) this.#names.identified(device);
    const file = structureFile(device, structure, nsid);
    if (this.#recorded.hasFile(file))
      this.#note(
        finding,
        `${recordedStructures[structure].title} of ${device} is there more than once; the last one is shown`,
        'Open outputs of one moment together',
      );
    this.#recorded.addFile(file, JSON.stringify(value));
    if (cntlid !== undefined) this.#recorded.addDevice(device, { cntlid: String(cntlid) });
  }

  #onlyNamespace(device: string): number | null {
    let only: number | null = null;
    for (const [name, value] of this.#recorded.devices().get(device) ?? []) {
      if (!name.endsWith('/nsid')) continue;
      if (only !== null) return null;
      only = Number(value);
    }
    return only;
  }

  *finish(pacer: Pacer): Pieces<RecordedFacts> {
    for (const { path, value } of this.#sysfs) {
      this.#recorded.addSysfs(path, value);
      yield* pacer.did(smallPart);
    }
    yield* this.#linkVirtualFunctions(pacer);
    this.#findAddress();
    if (this.#machines.length > 0)
      this.#recorded.addFile(recordedMachinesFile, JSON.stringify(this.#machines));
    return this.#recorded;
  }

  /** lspci names no physical function; the addresses of its virtual functions follow from offset and stride (PCIe 6.0, 9.3.3). */
  *#linkVirtualFunctions(pacer: Pacer): Pieces<void> {
    const functions = this.#recorded.functions();
    // More are not shown.
    let left = fleetSizes.controllers;
    for (const [address, values] of functions) {
      yield* pacer.did(smallPart);
      const number = (name: string) => Number(values.get(name) ?? 0);
      const routing = { vfOffset: number('sriov_offset'), vfStride: number('sriov_stride') };
      const count = number('sriov_numvfs');
      if (!(routing.vfOffset > 0) || values.has('virtfn0')) continue;
      for (let vfn = 1; vfn <= count && left > 0; vfn += 1) {
        left -= 1;
        yield* pacer.did(smallPart);
        const virtual = virtualFunctionAddress(address, routing, vfn);
        if (virtual === undefined) break;
        if (!functions.has(virtual)) continue;
        this.#recorded.addFunction(virtual, { physfn: `-> ../${address}` });
        this.#recorded.addFunction(address, { [`virtfn${vfn - 1}`]: `-> ../${virtual}` });
      }
    }
  }

  /** Where there is one NVMe function and one controller without an address, it is that one's. */
  #findAddress(): void {
    const devices = [...this.#recorded.devices()];
    const taken = new Set(devices.map(([, values]) => values.get('address')));
    const functions = [...this.#recorded.functions()].filter(
      ([address, values]) =>
        values.get('class')?.startsWith('0x0108') === true && !values.has('physfn') && !taken.has(address),
    );
    const lacking = devices.filter(([, values]) => !values.has('address'));
    const [[device] = [''], [address] = ['']] = [lacking[0] ?? [''], functions[0] ?? ['']];
    if (lacking.length !== 1 || functions.length !== 1 || device === '' || address === '') return;
    this.#recorded.addDevice(device, { address, transport: 'pcie' });
    this.notes.push({
      ...{ source: 'lspci', field: address },
      message: `No output says the address of ${device}; it is taken for the only NVMe function that is left`,
      fix: 'Add the output of: nvme list-subsys',
    });
  }

  #note({ file, line, title }: PlacedFinding, message: string, fix?: string): void {
    const source = file === '' ? title : file;
    this.notes.push({
      ...{ source, field: `line ${line}`, message },
      ...(fix === undefined ? {} : { fix }),
    });
  }
}
