import type { Resource } from './alarm.ts';
import type { Settings } from './watched.ts';

/** One line of a graph, in the notation of CloudWatch's dashboard body. */
export type MetricRow = (string | Record<string, unknown>)[];
export type Widget = Record<string, unknown>;

/** A dashboard is 24 columns wide (CloudWatch, "Dashboard body structure"). */
export const half = 12;
const rowHeight = 6;

/** A graph, half as wide as the dashboard. */
export const graph = (title: string, metrics: MetricRow[], more: Record<string, unknown> = {}): Widget => ({
  type: 'metric',
  width: half,
  height: rowHeight,
  properties: { title, region: '${AWS::Region}', view: 'timeSeries', period: 60, metrics, ...more },
});
export const stacked = { stat: 'Sum', stacked: true };
export const headline = (markdown: string): Widget => ({
  type: 'text',
  width: 2 * half,
  height: 1,
  properties: { markdown },
});

/** Places widgets from left to right and from top to bottom. */
function withPositions(widgets: readonly Widget[]): Widget[] {
  let [x, y, lineHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    const [width, height] = [Number(widget['width']), Number(widget['height'])];
    if (x + width > 2 * half) [x, y, lineHeight] = [0, y + lineHeight, 0];
    const placed = { ...widget, x, y };
    x += width;
    lineHeight = Math.max(lineHeight, height);
    return placed;
  });
}

/** A dashboard of widgets, placed from left to right and from top to bottom. */
export const dashboard = ({ prefix }: Settings, name: string, widgets: readonly Widget[]): Resource => ({
  Type: 'AWS::CloudWatch::Dashboard',
  Condition: 'HasDashboards',
  Properties: {
    DashboardName: `${prefix}-${name}`,
    DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: withPositions(widgets) }) },
  },
});
