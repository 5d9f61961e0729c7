import { CacheSection } from './components/cache-section.tsx';
import { DropOverlay } from './components/drop-overlay.tsx';
import { Figures } from './components/figures.tsx';
import { GenerateForm } from './components/generate-form.tsx';
import { GpuPanel } from './components/gpu-panel.tsx';
import { ModelPanel } from './components/model-panel.tsx';
import { Notices } from './components/notices.tsx';
import { RunDock } from './components/run-dock.tsx';
import { RunsSection } from './components/runs-section.tsx';
import { SettingsPanel } from './components/settings-panel.tsx';
import { Snippet } from './components/snippet.tsx';
import { Stage } from './components/stage.tsx';
import { Story } from './components/story.tsx';

/** The page: what to make and the stage, then why it was fast, then what was made and with what. */
export function App() {
  return (
    <main class="page">
      <Notices />
      <div class="studio">
        <GenerateForm />
        <Stage />
        <SettingsPanel />
      </div>
      <Story />
      <CacheSection />
      <Figures />
      <RunsSection />
      <div class="machine">
        <ModelPanel />
        <GpuPanel />
      </div>
      <Snippet />
      <RunDock />
      <DropOverlay />
    </main>
  );
}
