import { CandidateCard } from './candidate-card.tsx';
import { DropOverlay } from './drop-overlay.tsx';
import { FolderPicker } from './folder-picker.tsx';
import { LoadedModelDetails } from './loaded-model-details.tsx';
import '../styles/model.css';

/** What model the page runs, and the way to one's own. */
export function ModelPanel() {
  return (
    <section class="panel model" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <LoadedModelDetails />
      <FolderPicker />
      <CandidateCard />
      <DropOverlay />
    </section>
  );
}
