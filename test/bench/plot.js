const width = 760;
const [left, right] = [88, width - 24];
const panelHeight = 130;
const style = `
  svg { --back: #fff; --text: #1f2328; --grid: #d1d9e0; --line: #0969da; --goal: #cf222e }
  @media (prefers-color-scheme: dark) {
    svg { --back: #0d1117; --text: #f0f6fc; --grid: #3d444d; --line: #4493f8; --goal: #f85149 }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--text) }
  .title { font-weight: 600 }
  .grid { stroke: var(--grid) }
  .line { stroke: var(--line); stroke-width: 2; fill: none; stroke-linejoin: round }
  .goal { stroke: var(--goal); stroke-dasharray: 6 4 }`;

/**
 * An SVG of panels one above the other, `{ title, points: [seconds, value][], most, goal? }` each. It has a background of its own:
 * the page may be light where the reader's system is dark.
 */
export function plot(title, panels) {
  const seconds = Math.max(...panels.flatMap(({ points }) => points.map(([at]) => at)));
  const x = (at) => left + (at / seconds) * (right - left);
  const tops = panels.map((_, i) => 68 + i * (panelHeight + 48));
  const bottom = tops.at(-1) + panelHeight;
  const height = bottom + 48;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<style>${style}
</style>
<rect width="${width}" height="${height}" rx="6" fill="var(--back)"/>
<text class="title" x="${left}" y="26">${title}</text>
${panels.map((panel, i) => panelText(panel, x, tops[i])).join('\n')}
${ticksTo(seconds)
  .map((at) => `<text x="${x(at)}" y="${bottom + 18}" text-anchor="middle">${at}</text>`)
  .join('\n')}
<text x="${right}" y="${bottom + 36}" text-anchor="end">seconds</text>
</svg>
`;
}

function panelText({ title, points, most, goal }, x, top) {
  const y = (value) => top + panelHeight * (1 - value / most);
  const across = (value, name) =>
    `<line class="${name}" x1="${left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>`;
  const path = points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const label = (value) =>
    `<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text>`;
  return [
    `<text x="${left}" y="${top - 10}">${title}</text>`,
    ...ticksTo(most).map((value) => across(value, 'grid') + label(value)),
    ...(goal === undefined ? [] : [across(goal, 'goal')]),
    `<polyline class="line" points="${path}"/>`,
  ].join('\n');
}

/** Round numbers from 0, six at most. */
function ticksTo(most) {
  const power = 10 ** Math.floor(Math.log10(most / 5));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => most / one <= 5);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}
