import type { Report } from '../report.ts';
import { OWN_PHASES, type OwnPhase, type RunNumbers, type ScoreSummary, type TimeSummary, total } from './numbers.ts';

/** A run in words: work, scores, memory, time, and what was saved, a sentence each. */
export function inWords(numbers: RunNumbers, report: Report): string[] {
  const { scores } = numbers;
  return [
    workWords(numbers, report),
    ...(scores ? [scoreWords(scores, report.policy.options.threshold)] : []),
    memoryWords(numbers.memory),
    timeWords(numbers.seconds),
    ...savedWords(numbers.seconds),
  ];
}

function workWords({ steps, blocks }: RunNumbers, { policy, steps: taken, stepsAsked }: Report): string {
  const all = blocks.computed + blocks.reused;
  const of = stepsAsked > taken ? ` of ${stepsAsked} asked for` : '';
  if (blocks.reused === 0) {
    return `${policy.name}: all of ${count(taken)} steps${of} computed, ${count(all)} block forwards; nothing reused.`;
  }
  const share = Math.round(100 * blocks.reusedShare);
  return `${policy.name}: ${steps.computed} of ${count(taken)} steps${of} computed, ${steps.reused} reused; ${count(blocks.reused)} of ${count(all)} block forwards reused (${share} %).`;
}

function scoreWords({ count: scores, least, low, median, high, most }: ScoreSummary, threshold: unknown): string {
  const lie = `a tenth below ${short(low)}, half below ${short(median)}, a tenth above ${short(high)}`;
  const held = typeof threshold === 'number' ? `; the threshold is ${short(threshold)}` : '';
  return `Scores: ${scores}, from ${short(least)} to ${short(most)}: ${lie}${held}.`;
}

function memoryWords({ peakBytes, weightsBytes, cacheBytes }: Report['memory']): string {
  return `GPU memory: ${megabytes(peakBytes)} at most, ${megabytes(weightsBytes)} of it weights, ${megabytes(cacheBytes)} kept by the policy.`;
}

function timeWords({ total, phases }: TimeSummary): string {
  const parts = OWN_PHASES.map((phase) => `${NAMES[phase]} ${seconds(phases[phase])}`);
  return `Time: ${seconds(total)} without loading: ${parts.join(', ')}.`;
}

function savedWords({ total: took, saved, source, computedStep, reusedStep }: TimeSummary): string[] {
  const all = total(saved);
  if (source === 'measured') {
    // What is less than a hundredth tells nothing.
    const told = OWN_PHASES.filter((phase) => Math.abs(saved[phase] ?? 0) >= (took + all) / 100);
    const changes = told.map((phase) => {
      const less = saved[phase] ?? 0;
      return `${NAMES[phase]} ${seconds(Math.abs(less))} ${less < 0 ? 'more' : 'less'}`;
    });
    const word = all < 0 ? 'lost' : 'saved';
    const times = ((took + all) / took).toFixed(2);
    return [
      `${seconds(Math.abs(all))} of ${seconds(took + all)} ${word}, ${times} times as fast: ${changes.join(', ')}.`,
    ];
  }
  if (computedStep === undefined || reusedStep === undefined) return [];
  return [
    `A computed step took ${seconds(computedStep)}, a reused one ${seconds(reusedStep)}: about ${seconds(all)} of steps saved.`,
  ];
}

const NAMES: Readonly<Record<OwnPhase, string>> = { text: 'prompt', denoise: 'steps', decode: 'decoding' };

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function short(score: number): string {
  return String(Number(score.toPrecision(3)));
}

/** Of a block that ran in part, thirds count. */
function count(value: number): string {
  return String(Number(value.toFixed(1)));
}
