import { runsToCsv, runsToJson } from '../history/export.ts';
import { save, saveJson } from '../save.ts';
import { runs } from '../state/runs.ts';
import { RunsTable } from './runs-table.tsx';
import { SpeedQuality } from './speed-quality.tsx';
import '../styles/runs.css';

/** What this session has run: a table, and speed against quality. */
export function RunsSection() {
  const all = runs.value;
  const isEmpty = all.length === 0;
  return (
    <section class="panel" aria-labelledby="runs-title">
      <div class="row runs-head">
        <h2 id="runs-title">This session’s runs</h2>
        <span class="row">
          <button type="button" disabled={isEmpty} onClick={() => saveJson(runsToJson(all), 'stillframe-runs.json')}>
            Download JSON
          </button>
          <button
            type="button"
            disabled={isEmpty}
            onClick={() => save(new Blob([runsToCsv(all)], { type: 'text/csv' }), 'stillframe-runs.csv')}
          >
            Download CSV
          </button>
        </span>
      </div>
      <RunsTable />
      <p class="help">
        Time is that of denoising. Speedup, PSNR and SSIM are against the same seed with everything computed, once a run
        was compared with it.
      </p>
      <SpeedQuality />
    </section>
  );
}
