import { type NvmeCliRelease, nvmeReleases } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { Select } from '../ui/controls/form.tsx';

const options = nvmeReleases.map((release) => ({ value: release, label: `nvme-cli ${release}` }));

/** Which release of nvme-cli `nvme` is: where they differ, the simulated host does as that one does. */
export function ReleaseSelect({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: NvmeCliRelease;
  readonly onChange: (release: NvmeCliRelease) => void;
}) {
  return <Select size="small" label={label} value={value} options={options} onChange={onChange} />;
}
