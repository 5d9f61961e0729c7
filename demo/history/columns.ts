import { formatDecibels, formatSeconds, formatShare, formatSpeedup, formatSsim } from '../format.ts';
import type { Row } from './row.ts';
import type { Order } from './sort.ts';

/** A column of the table. */
export interface Column {
  readonly key: Exclude<keyof Row, 'role'>;
  readonly label: string;
  /** What one wants to see first. */
  readonly first: Order['direction'];
  readonly isNumber: boolean;
  readonly show: (row: Row) => string;
}

const unless = (value: number | undefined, show: (value: number) => string) =>
  value === undefined ? '–' : show(value);

/** The table's columns. */
export const COLUMNS: readonly Column[] = [
  { key: 'id', label: 'Run', first: 'descending', isNumber: true, show: ({ id }) => String(id) },
  { key: 'policy', label: 'Policy', first: 'ascending', isNumber: false, show: ({ policy }) => policy },
  { key: 'options', label: 'Options', first: 'ascending', isNumber: false, show: ({ options }) => options },
  { key: 'steps', label: 'Steps', first: 'ascending', isNumber: true, show: ({ steps }) => String(steps) },
  { key: 'seconds', label: 'Time', first: 'ascending', isNumber: true, show: ({ seconds }) => formatSeconds(seconds) },
  {
    key: 'speedup',
    label: 'Speedup',
    first: 'descending',
    isNumber: true,
    show: ({ speedup }) => unless(speedup, formatSpeedup),
  },
  { key: 'psnr', label: 'PSNR', first: 'descending', isNumber: true, show: ({ psnr }) => unless(psnr, formatDecibels) },
  { key: 'ssim', label: 'SSIM', first: 'descending', isNumber: true, show: ({ ssim }) => unless(ssim, formatSsim) },
  { key: 'share', label: 'Computed', first: 'ascending', isNumber: true, show: ({ share }) => formatShare(share) },
];
