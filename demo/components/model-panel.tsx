import { OFFERED } from '../state/embedded.ts';
import { choice } from '../state/model.ts';
import { FolderPicker } from './folder-picker.tsx';
import { OfferedModelCard, OwnModelCard } from './model-card.tsx';
import '../styles/model.css';

/** The models that there are, which of them the page runs, and the way to one's own. */
export function ModelPanel() {
  return (
    <section class="model" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <ul class="models">
        {OFFERED.map((model) => (
          <OfferedModelCard key={model.id} model={model} />
        ))}
        {typeof choice.value !== 'string' && <OwnModelCard />}
      </ul>
      <FolderPicker />
    </section>
  );
}
