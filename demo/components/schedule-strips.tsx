import type { Branch } from 'stillframe';
import type { CacheRecord } from '../cache-view/record.ts';
import { BRANCH_NAMES } from '../cache-view/words.ts';
import { ScheduleStrip } from './schedule-strip.tsx';

const BRANCHES: readonly Branch[] = ['cond', 'uncond'];

interface ScheduleStripsProps {
  /** What was run. */
  readonly record: CacheRecord;
  /** What another threshold would have done. */
  readonly predicted: CacheRecord['schedule'];
}

/** Under the curve, step below step: what each branch did, and what it would have done. */
export function ScheduleStrips({ record, predicted }: ScheduleStripsProps) {
  const { steps, schedule } = record;
  return (
    <div class="strips" data-predicted-cond={predicted.cond} data-predicted-uncond={predicted.uncond}>
      {BRANCHES.map((branch) => (
        <div key={branch}>
          <ScheduleStrip
            name={BRANCH_NAMES[branch].short}
            title={`${BRANCH_NAMES[branch].long} (as run)`}
            digits={schedule[branch] ?? ''}
            steps={steps}
          />
          <ScheduleStrip
            name="predicted"
            title={`${BRANCH_NAMES[branch].long} (predicted)`}
            digits={predicted[branch] ?? ''}
            steps={steps}
          />
        </div>
      ))}
    </div>
  );
}
