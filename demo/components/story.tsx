import { useMemo } from 'preact/hooks';
import { liveRecord, recordOf } from '../cache-view/record.ts';
import { storyOf, type Story as Told } from '../cache-view/story.ts';
import { computedShare } from '../history/share.ts';
import { live } from '../state/live.ts';
import { presets } from '../state/model.ts';
import { shown } from '../state/runs.ts';
import { whatIf } from '../state/what-if.ts';
import '../styles/story.css';
import { StoryBlocks, StoryChanges, StorySteps } from './story-pictures.tsx';

/** Compute, compare, reuse: three panels that follow the run under way, else the one that is shown. */
export function Story() {
  const running = live.value;
  const run = shown.value?.report;
  const tried = whatIf.value;
  const story = useMemo(() => {
    if (running) return storyOf(liveRecord(running, presets.value));
    return run && storyOf(recordOf(run), 1 - computedShare(run.blocks), tried);
  }, [running, run, tried]);
  if (!story) return null;
  const now = running ? story.newest : undefined;
  const isPlanned = !story.change && !story.line;
  return (
    <section class="story" aria-labelledby="story-title">
      <h2 id="story-title">How it saves work</h2>
      <ol>
        <li class={now === 'computed' ? 'now' : undefined}>
          <h3>
            <b>1</b> Compute
          </h3>
          <StoryBlocks story={story} isActive={now !== 'reused'} />
          <p>
            A clip begins as noise. Step by step, {story.blocks || 'the'} blocks of the model make it clearer: that is
            the work.
          </p>
          <p class="story-figure">{computedWords(story)}</p>
        </li>
        <li class={now === 'computed' && story.change ? 'now' : undefined}>
          <h3>
            <b>2</b> Compare
          </h3>
          <StoryChanges story={story} />
          <p>
            {isPlanned
              ? 'From one step to the next the blocks’ results change little. This method relies on that by a plan made beforehand.'
              : 'From one step to the next the blocks’ results change little. How little is measured.'}
          </p>
          <p class="story-figure">{changeWords(story, running !== undefined)}</p>
        </li>
        <li class={now === 'reused' ? 'now' : undefined}>
          <h3>
            <b>3</b> Reuse
          </h3>
          <StorySteps story={story} />
          <p>
            {isPlanned ? 'By that plan, steps' : 'Below the line, the next steps'} take over what is there instead of
            computing it.
          </p>
          <p class="story-figure">{reuseWords(story)}</p>
        </li>
      </ol>
    </section>
  );
}

function computedWords({ computed, digits, steps }: Told): string {
  if (digits === '') return `0 of ${steps} steps computed`;
  return digits.length < steps
    ? `${computed} computed, of ${digits.length} steps so far`
    : `${computed} of ${steps} steps computed`;
}

function changeWords({ change: measured, line }: Told, isRunning: boolean): string {
  if (!measured) return line ? 'nothing measured yet' : 'this method measures nothing';
  const change = isRunning ? `last change ${percent(measured.last)}` : `least change ${percent(measured.least)}`;
  return line ? `${change}, the line is at ${percent(line.threshold)}` : change;
}

function reuseWords({ skipped }: Told): string {
  return skipped === undefined ? 'nothing skipped yet' : `${Math.round(100 * skipped)} % of the work skipped`;
}

/** A score is a relative difference. */
function percent(score: number): string {
  return `${Number((100 * score).toPrecision(2))} %`;
}
