import { runsToCsv, runsToJson } from '../history/export.ts';
import { save, saveJson } from '../save.ts';
import { isKept } from '../state/gallery.ts';
import { runs } from '../state/runs.ts';
import { clearRuns, isBusy } from '../state/session.ts';
import { Gallery } from './gallery.tsx';
import { RunsTable } from './runs-table.tsx';
import { SpeedQuality } from './speed-quality.tsx';
import '../styles/runs.css';

/** What the user has made, once there is something: pictures, a table, and speed against quality. */
export function RunsSection() {
  const all = runs.value;
  if (all.length === 0) return null;
  return (
    <section class="runs" aria-labelledby="runs-title">
      <div class="row runs-head">
        <h2 id="runs-title">Your clips</h2>
        <span class="row">
          <button type="button" onClick={() => saveJson(runsToJson(all), 'stillframe-runs.json')}>
            Save as JSON
          </button>
          <button
            type="button"
            onClick={() => save(new Blob([runsToCsv(all)], { type: 'text/csv' }), 'stillframe-runs.csv')}
          >
            Save as CSV
          </button>
          <button type="button" disabled={isBusy.value} onClick={clearRuns}>
            Clear all
          </button>
        </span>
      </div>
      <p class="help">
        {isKept.value
          ? 'Small copies stay in this browser for your next visit, until you clear them.'
          : 'This browser keeps nothing for the next visit: save what you want to have.'}
      </p>
      <Gallery />
      <RunsTable />
      <p class="help">
        Time is that of denoising. Speedup, PSNR and SSIM are against the same seed with everything computed, once a run
        was checked.
      </p>
      <SpeedQuality />
    </section>
  );
}
