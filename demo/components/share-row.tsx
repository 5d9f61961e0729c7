import { useSignal } from '@preact/signals';
import { save, saveJson } from '../save.ts';
import { cardOf, makeLoop, makePicture } from '../share/make.ts';
import { saveClip } from '../stage/save-clip.ts';
import { report } from '../state/problem.ts';
import { isExample, type Run, shownBaseline } from '../state/runs.ts';
import { CopyLink } from './copy-link.tsx';

/** What can be taken away of the shown run: a link to make it again, and files. */
export function ShareRow({ run }: { readonly run: Run | undefined }) {
  const making = useSignal<string | undefined>(undefined);
  const baseline = shownBaseline.value;
  const make = (name: string, work: (of: Run) => Promise<void>) => (
    <button
      type="button"
      disabled={!run || making.value !== undefined}
      onClick={async () => {
        if (!run) return;
        making.value = name;
        await work(run).catch(report);
        making.value = undefined;
      }}
    >
      {making.value === name ? 'One moment…' : name}
    </button>
  );
  return (
    <div class="row share-row">
      <CopyLink />
      {make('Save loop', async (of) => {
        const { blob, extension } = await makeLoop(cardOf(of, baseline));
        save(blob, `${fileName(of)}.${extension}`);
      })}
      {make('Save picture', async (of) => {
        const { blob, extension } = await makePicture(cardOf(of, baseline));
        save(blob, `${fileName(of)}.${extension}`);
      })}
      {run && run.clip > 0 && make('Save video', saveClip)}
      {make('Save report', async (of) => saveJson(of.report, 'report.json'))}
    </div>
  );
}

function fileName(run: Run): string {
  return isExample(run) ? 'stillframe-example' : `stillframe-${run.report.seed}-${run.report.policy.name}`;
}
