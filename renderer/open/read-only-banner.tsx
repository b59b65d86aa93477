import { useNavigation } from '../navigation.ts';
import { Banner } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';

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
