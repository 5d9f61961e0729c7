import type { Report } from '../src/index.ts';
import { byId, element } from './dom.ts';

/** Shows what a run did. */
export function showReport(report: Report): void {
  const { seconds, memory, blocks } = report;
  const rows = [
    ['GPU', report.adapter],
    ['Size', `${report.width} x ${report.height}, ${report.frames} frames`],
    ['Sampler', `${report.sampler}, ${report.steps} steps, guidance ${report.guidanceScale}, seed ${report.seed}`],
    ['Precision', `${report.operands} operands`],
    ['Blocks', `${blocks.computed} computed, ${blocks.reused} reused`],
    ...Object.entries(seconds).map(([phase, time]) => [PHASES[phase] ?? phase, `${time.toFixed(2)} s`]),
    ['GPU memory', `${megabytes(memory.peakBytes)} at most, ${megabytes(memory.weightsBytes)} of it weights`],
    ...report.warnings.map((warning) => ['Note', warning]),
  ];
  const body = rows.map(([name = '', value = '']) => {
    return element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value));
  });
  byId('report', HTMLDivElement).replaceChildren(element('table', {}, element('tbody', {}, ...body)));
}

const PHASES: Readonly<Record<string, string>> = {
  load: 'Loading',
  compile: 'Compiling',
  text: 'Prompt',
  denoise: 'Steps',
  decode: 'Decoding',
};

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
