import type { Story } from '../cache-view/story.ts';

interface StoryProps {
  readonly story: Story;
}

/** Blocks drawn, where a model has more. */
const MOST_BLOCKS = 12;

/** The blocks of a step, lit while they are computed. */
export function StoryBlocks({ story, isActive }: StoryProps & { readonly isActive: boolean }) {
  const count = Math.min(MOST_BLOCKS, story.blocks || MOST_BLOCKS);
  const width = 100 / count;
  return (
    <svg class="story-picture" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
      {Array.from({ length: count }, (_, block) => (
        <rect
          key={block}
          class={isActive ? 'hot' : 'cool'}
          x={block * width + 0.6}
          width={width - 1.2}
          y={9 - 6 * Math.sin((Math.PI * (block + 0.5)) / count)}
          height={12 + 12 * Math.sin((Math.PI * (block + 0.5)) / count)}
          rx="1"
        />
      ))}
    </svg>
  );
}

/** How much the steps changed, and the line under which that is little. */
export function StoryChanges({ story: { changes, steps, line } }: StoryProps) {
  const at = (share: number) => 28 - 26 * share;
  const points = changes.flatMap((share, step) =>
    share === null ? [] : [`${((100 * (step + 0.5)) / steps).toFixed(1)},${at(share).toFixed(1)}`],
  );
  return (
    <svg class="story-picture" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
      {line && <line class="limit" x1="0" x2="100" y1={at(line.share)} y2={at(line.share)} />}
      <polyline class="curve" points={points.join(' ')} />
    </svg>
  );
}

/** The steps: computed, reused, or to come. */
export function StorySteps({ story: { digits, steps } }: StoryProps) {
  const width = 100 / steps;
  return (
    <svg class="story-picture" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
      {Array.from({ length: steps }, (_, step) => (
        <rect
          key={step}
          class={digits[step] === '1' ? 'hot' : digits[step] === '0' ? 'cool' : 'coming'}
          x={step * width + 0.25}
          width={Math.max(0.3, width - 0.5)}
          y={digits[step] === '1' ? 4 : 16}
          height={digits[step] === '1' ? 22 : 10}
          rx="0.8"
        />
      ))}
    </svg>
  );
}
