import { expect, it } from 'vitest';
import { memoryChartGeometry } from './memory-chart-geometry.ts';

const size = { width: 100, height: 50 };

it('draws nothing without points', () => {
  const chart = memoryChartGeometry({ points: [], totalBytes: 8, bytesPerSecond: 1, ...size });
  expect(chart).toEqual({ path: '', area: '', last: null, forecast: '', endMilliseconds: 0 });
});

it('leaves room for the forecast to zero at the present rate', () => {
  const points = [
    { milliseconds: 0, bytes: 800 },
    { milliseconds: 1000, bytes: 400 },
  ];
  const chart = memoryChartGeometry({ points, totalBytes: 800, bytesPerSecond: 400, ...size });
  expect(chart.path).toBe('M0 0 L50 25');
  expect(chart.last).toEqual({ x: 50, y: 25, bytes: 400 });
  expect(chart.forecast).toBe('M50 25 L100 50');
  expect(chart.endMilliseconds).toBe(2000);
});

it('uses the whole width when all is copied', () => {
  const points = [
    { milliseconds: 0, bytes: 10 },
    { milliseconds: 500, bytes: 0 },
  ];
  const chart = memoryChartGeometry({ points, totalBytes: 10, bytesPerSecond: 20, ...size });
  expect(chart.path).toBe('M0 0 L100 50');
  expect(chart.forecast).toBe('');
});

it('never draws above the top when more is left than the machine has', () => {
  const chart = memoryChartGeometry({
    points: [{ milliseconds: 0, bytes: 20 }],
    totalBytes: 10,
    bytesPerSecond: 0,
    ...size,
  });
  expect(chart.last?.y).toBe(0);
});
