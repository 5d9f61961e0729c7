import { CacheSection } from './components/cache-section.tsx';
import { Figures } from './components/figures.tsx';
import { GenerateForm } from './components/generate-form.tsx';
import { GpuPanel } from './components/gpu-panel.tsx';
import { ModelPanel } from './components/model-panel.tsx';
import { Notices } from './components/notices.tsx';
import { Phases } from './components/phases.tsx';
import { RunsSection } from './components/runs-section.tsx';
import { Snippet } from './components/snippet.tsx';
import { Stage } from './components/stage.tsx';

/**
 * The page: what to generate on the left, what came of it on the right. On narrow screens the clip follows the progress,
 * and what is rarely changed comes last.
 */
export function App() {
  return (
    <main class="page">
      <div class="ask">
        <GenerateForm />
        <Notices />
        <Phases />
      </div>
      <div class="answer">
        <Stage />
        <CacheSection />
        <Figures />
        <RunsSection />
        <Snippet />
      </div>
      <div class="own">
        <ModelPanel />
        <GpuPanel />
      </div>
    </main>
  );
}
