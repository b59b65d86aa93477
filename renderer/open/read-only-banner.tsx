import { useNavigation } from '../app/navigation.ts';
import { Button } from '../ui/button.tsx';
import { Banner } from '../ui/states.tsx';

/** Says why nothing can be changed, with the way to a source where it can. */
export function ReadOnlyBanner({ title, reason }: { readonly title: string; readonly reason: string }) {
  return (
    <Banner
      tone="warning"
      title={title}
      lines={[reason]}
      actions={
        <Button size="small" onClick={() => useNavigation.setState({ openDialog: true })}>
          Open another source…
        </Button>
      }
    />
  );
}
