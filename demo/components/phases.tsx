import type { Phase } from 'stillframe';
import { live } from '../state/live.ts';
import { PHASE_TITLES, phases } from '../state/phases.ts';
import { status } from '../state/session.ts';
import '../styles/phases.css';
import { Pace } from './pace.tsx';
import { PhaseRow } from './phase-row.tsx';
import { PreviewPicture } from './preview-picture.tsx';

const ORDER = Object.keys(PHASE_TITLES) as Phase[];

/** How far the load and the run are. All rows are there from the start, so that nothing moves. */
export function Phases() {
  return (
    <section class="panel phases" aria-labelledby="phases-title">
      <div class="phases-head">
        <h2 id="phases-title">{live.value?.title ?? 'Progress'}</h2>
        <p id="status" class="help" role="status">
          {status.value}
        </p>
      </div>
      <ul id="phases">
        {ORDER.map((phase) => (
          <PhaseRow key={phase} phase={phase} view={phases.value[phase]} />
        ))}
      </ul>
      <PreviewPicture />
      <Pace />
    </section>
  );
}
