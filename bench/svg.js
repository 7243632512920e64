// The plot of a report: bars of ratios to the reference, with their spread. Bars in SVG need no library.
import { goalsOf } from './report.js';
import { ratios } from './statistics.js';

const COLORS = { emulator: '#1668a7', Prism: '#8c8c8c', Mockoon: '#c4c4c4' };
const [WIDTH, LEFT, RIGHT, TOP, BAR, GAP] = [900, 230, 60, 56, 12, 10];

const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const element = (name, attributes, content = '') => {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${all.join('')}>${content}</${name}>`;
};
const label = (x, y, text, attributes = {}) => element('text', { x, y, ...attributes }, escaped(text));

/** The plot of the throughput of one profile: a group of bars for each case. */
export function plot(results, title) {
  const groups = results.map((result) => ({
    name: `${result.title}, ${result.connections}`,
    ...goalsOf(result),
    bars: Object.keys(COLORS)
      .filter((name) => result.servers[name])
      .map((name) => ({ name, ...ratios(result.servers[name].rate, result.servers.reference.rate) })),
  }));
  const highest = Math.max(
    1,
    ...groups.flatMap(({ bars, aim = 0 }) => [aim, ...bars.map((bar) => bar.greatest)]),
  );
  const x = (ratio) => Number((LEFT + (ratio / highest) * (WIDTH - LEFT - RIGHT)).toFixed(1));
  const parts = [];
  let y = TOP;
  for (const { name, bars, must } of groups) {
    const height = bars.length * BAR;
    parts.push(label(LEFT - 8, y + height / 2 + 4, name, { 'text-anchor': 'end' }));
    bars.forEach((bar, index) => {
      const top = y + index * BAR;
      const middle = top + BAR / 2;
      parts.push(
        element('rect', {
          x: LEFT,
          y: top,
          width: x(bar.median) - LEFT,
          height: BAR - 2,
          fill: COLORS[bar.name],
        }),
        element('line', {
          x1: x(bar.least),
          x2: x(bar.greatest),
          y1: middle - 1,
          y2: middle - 1,
          stroke: '#222',
        }),
        label(x(bar.greatest) + 4, top + BAR - 2, bar.median.toFixed(2), { 'font-size': 10 }),
      );
    });
    if (must) parts.push(mark(x(must), y - 2, height + 2, '#c2410c'));
    y += height + GAP;
  }
  const legend = Object.entries(COLORS).map(
    ([name, fill], index) =>
      element('rect', { x: LEFT + index * 100, y: 30, width: 10, height: 10, fill }) +
      label(LEFT + 14 + index * 100, 39, name),
  );
  const goal = mark(LEFT + 300, 29, 12, '#c2410c') + label(LEFT + 308, 39, 'goal');
  const one =
    mark(x(1), TOP - 8, y - TOP + 4, '#222') + label(x(1), y + 10, 'R = 1', { 'text-anchor': 'middle' });
  const background = element('rect', { width: WIDTH, height: y + 20, fill: 'white' });
  const heading = label(8, 18, title, { 'font-size': 14, 'font-weight': 'bold' });
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${y + 20}`,
      'font-family': 'sans-serif',
      'font-size': 12,
    },
    [background, heading, ...legend, goal, ...parts, one].join('\n'),
  )}\n`;
}

/** A vertical line. */
const mark = (x, y, height, stroke) =>
  element('line', { x1: x, x2: x, y1: y, y2: y + height, stroke, 'stroke-width': 1.5 });
