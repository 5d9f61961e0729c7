import type { OptionValue } from 'stillframe';

/** A policy's options as they were asked for, on one line, e.g. `balanced, threshold 0.07`. */
export function shortOptions(options: Readonly<Record<string, OptionValue>> = {}): string {
  const { preset, ...others } = options;
  const named = Object.entries(others).map(([name, value]) => `${name} ${short(value)}`);
  return [...(preset === undefined ? [] : [short(preset)]), ...named].join(', ') || 'defaults';
}

function short(value: OptionValue): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(3)));
  if (Array.isArray(value)) return value.map(short).join(' ');
  return typeof value === 'object' ? 'given' : String(value);
}
