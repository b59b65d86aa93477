import { useState } from 'react';
import { useOwnership } from '../fleet-mirror/ownership-store.ts';
import { ProblemsDialog } from '../frame/problems-dialog.tsx';
import { Banner, Banners } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';

/** More would push the screen away that is needed to mend it. */
const mostLines = 3;

/** Stands over every screen as long as something is wrong about who has what. */
export function OwnershipBanner() {
  const findings = useOwnership((state) => state.findings);
  const [open, setOpen] = useState(false);
  if (findings.length === 0) return null;
  const lines = [...new Set(findings.map(({ title }) => title))];
  const more = lines.length - mostLines;
  return (
    <>
      <Banners>
        <Banner
          tone="error"
          title="Not every guest and function is where it should be"
          lines={more > 0 ? [...lines.slice(0, mostLines), `and ${more} more`] : lines}
          actions={
            <Button size="small" kind="primary" onClick={() => setOpen(true)}>
              Show the ways out
            </Button>
          }
        />
      </Banners>
      {open ? <ProblemsDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
