import { candidate, dismiss } from '../state/own-model.ts';
import { bringIntoView } from './bring-into-view.ts';
import { CandidateInfo } from './candidate-info.tsx';

/** What became of the folder that was chosen last. */
export function CandidateCard() {
  const now = candidate.value;
  return (
    <div class="candidate">
      <p class="unseen" role="status">
        {now?.kind === 'known' && `This is ${now.info.id}, a ${now.info.className}.`}
      </p>
      {now?.kind === 'looking' && <p class="help">Reading its configuration and the headers of its weights.</p>}
      {now?.kind === 'known' && <CandidateInfo info={now.info} />}
      {now?.kind === 'refused' && (
        <div class="box refused" role="alert" ref={bringIntoView}>
          <p>{now.message}</p>
          <p class="help">The model that was loaded goes on.</p>
          <button type="button" onClick={dismiss}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}
