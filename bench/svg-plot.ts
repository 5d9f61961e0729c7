/** Points of one kind. */
export interface Series {
  readonly name: string;
  /** Whether they are joined, from left to right. */
  readonly isLine: boolean;
  /** The label shows when the pointer rests on the point. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

/** A plot of panels side by side, which share the x axis, the legend, and the order of their series. */
export interface Plot {
  readonly title: string;
  readonly xTitle: string;
  readonly panels: readonly { readonly yTitle: string; readonly series: readonly Series[] }[];
}

/** Pixels: the inside of a panel, and what surrounds it. */
const PANEL = { width: 300, height: 260, left: 62, right: 18, top: 84, bottom: 52 };

/** Colours that colour-blind readers can tell apart (Okabe and Ito), on white and on black. */
const COLORS = {
  light: ['#555555', '#0072b2', '#d55e00', '#009e73', '#b0568c', '#b07800'],
  dark: ['#b5b5b5', '#56b4e9', '#ff8a4c', '#2fcf9f', '#e59ac4', '#f0c040'],
};

/** Markers around the origin, so that colour alone decides nothing: disc, square, triangle, diamond, and so on. */
const MARKERS = [
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  'M-4-4h8v8h-8z',
  'M0-5l5 9h-10z',
  'M0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z',
  'M0 5l5-9h-10z',
  'M-1.5-5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z',
];

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #222 } .title { font-size: 14px; font-weight: 600 }
  .paper { fill: #fff } .grid { stroke: #ddd } .axis { stroke: #666; fill: none }
  path { stroke: none } polyline { fill: none; stroke-width: 1.5 }
${seriesStyle(COLORS.light)}
  @media (prefers-color-scheme: dark) {
  text { fill: #ddd } .paper { fill: #111 } .grid { stroke: #333 } .axis { stroke: #999 }
${seriesStyle(COLORS.dark)}
  }`;

/** Draws a plot that stands for itself: no script, no font, colours by the reader's light or dark scheme. */
export function plotSvg({ title, xTitle, panels }: Plot): string {
  const step = PANEL.left + PANEL.width + PANEL.right;
  const [width, height] = [step * panels.length, PANEL.top + PANEL.height + PANEL.bottom];
  const xAxis = axis(panels.flatMap(({ series }) => series.flatMap(({ points }) => points.map(({ x }) => x))));
  const drawn = panels.map((panel, i) => {
    const inside = drawPanel(panel.series, panel.yTitle, xTitle, xAxis);
    return `<g transform="translate(${step * i + PANEL.left} ${PANEL.top})">${inside}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(title)}</title><style>${STYLE}</style>
<rect class="paper" width="${width}" height="${height}"/>
<text class="title" x="${PANEL.left}" y="24">${escapeXml(title)}</text>
${legend(panels[0]?.series ?? [])}
${drawn.join('\n')}
</svg>
`;
}

/** A range with round ends, and the round values in it. */
interface Axis {
  readonly ticks: readonly number[];
  /** Decimals that the ticks need. */
  readonly digits: number;
  /** Where a value lies, from 0 to 1. */
  place(value: number): number;
}

function axis(values: readonly number[]): Axis {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  // About five ticks, 1, 2 or 5 times a power of ten apart.
  const rough = Math.max(high - low, Math.abs(high) * 1e-3, 1e-9) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const gap = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(low / gap);
  const count = Math.max(1, Math.ceil(high / gap) - first);
  const ticks = Array.from({ length: count + 1 }, (_, i) => (first + i) * gap);
  const digits = Math.max(0, -Math.floor(Math.log10(gap) + 1e-9));
  return { ticks, digits, place: (value) => (value / gap - first) / count };
}

function drawPanel(series: readonly Series[], yTitle: string, xTitle: string, xAxis: Axis): string {
  const { width, height } = PANEL;
  const yAxis = axis(series.flatMap(({ points }) => points.map(({ y }) => y)));
  const atX = (value: number) => round(xAxis.place(value) * width);
  const atY = (value: number) => round((1 - yAxis.place(value)) * height);
  const parts = [
    ...xAxis.ticks.map((tick) => {
      const label = `<text x="${atX(tick)}" y="${height + 18}" text-anchor="middle">${tick.toFixed(xAxis.digits)}</text>`;
      return `<line class="grid" x1="${atX(tick)}" x2="${atX(tick)}" y2="${height}"/>${label}`;
    }),
    ...yAxis.ticks.map((tick) => {
      const label = `<text x="-8" y="${atY(tick) + 4}" text-anchor="end">${tick.toFixed(yAxis.digits)}</text>`;
      return `<line class="grid" x2="${width}" y1="${atY(tick)}" y2="${atY(tick)}"/>${label}`;
    }),
    `<rect class="axis" width="${width}" height="${height}"/>`,
    `<text x="${width / 2}" y="${height + 40}" text-anchor="middle">${escapeXml(xTitle)}</text>`,
    `<text x="0" y="-10">${escapeXml(yTitle)}</text>`,
    ...series.map(({ points, isLine }, i) => {
      const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)).sort((a, b) => a.x - b.x);
      const line = finite.map(({ x, y }) => `${atX(x)},${atY(y)}`).join(' ');
      const markers = finite.map(({ x, y, label }) => marker(i, atX(x), atY(y), label));
      return (isLine ? `<polyline class="${seriesClass(i)}" points="${line}"/>` : '') + markers.join('');
    }),
  ];
  return parts.join('\n');
}

function legend(series: readonly Series[]): string {
  const entries = series.map(({ name }, i) => {
    const x = PANEL.left + 6 + i * 110;
    return `${marker(i, x, 44, name)}<text x="${x + 10}" y="48">${escapeXml(name)}</text>`;
  });
  return entries.join('\n');
}

function marker(series: number, x: number, y: number, label: string): string {
  const path = MARKERS[series % MARKERS.length];
  return `<path class="${seriesClass(series)}" transform="translate(${x} ${y})" d="${path}"><title>${escapeXml(label)}</title></path>`;
}

/** There are six; a seventh series looks like the first. */
function seriesClass(series: number): string {
  return `s${series % COLORS.light.length}`;
}

function seriesStyle(colors: readonly string[]): string {
  return colors.map((color, i) => `  path.s${i} { fill: ${color} } polyline.s${i} { stroke: ${color} }`).join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
